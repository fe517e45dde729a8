;;; cachelit.el --- cachelit-server beside rust-analyzer, with lsp-mode  -*- lexical-binding: t; -*-

;;; Commentary:
;; Add to your init file.  eglot runs one server a buffer; with eglot, use `cargo cache-lint' from the
;; command line, or this server instead of rust-analyzer:
;;   (add-to-list 'eglot-server-programs '(rust-mode . ("cachelit-server")))

;;; Code:
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection "cachelit-server")
                    :activation-fn (lsp-activate-on "rust")
                    :server-id 'cachelit
                    :add-on? t)))

(provide 'cachelit)
;;; cachelit.el ends here
