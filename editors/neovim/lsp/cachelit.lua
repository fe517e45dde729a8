-- Neovim 0.11 and later: put this into lsp/ of your configuration, and `vim.lsp.enable("cachelit")` into init.lua.
return {
  cmd = { "cachelit-server" },
  filetypes = { "rust" },
  root_markers = { "cache-lint.toml", "Cargo.lock", "Cargo.toml", ".git" },
}
