// The state of the server, in the language status of Rust files.
import * as vscode from 'vscode';

export class Status implements vscode.Disposable {
  readonly #item = vscode.languages.createLanguageStatusItem('cachelit.status', { language: 'rust' });

  constructor() {
    this.#item.name = 'cachelit';
    this.#item.command = { command: 'cachelit.showLog', title: 'Show log' };
  }

  starting(): void {
    this.#show('cachelit: starting', '', vscode.LanguageStatusSeverity.Information, true);
  }

  running(version: string): void {
    this.#show(`cachelit ${version}`, '', vscode.LanguageStatusSeverity.Information);
  }

  stopped(reason: string): void {
    this.#show('cachelit: stopped', reason, vscode.LanguageStatusSeverity.Error);
  }

  #show(text: string, detail: string, severity: vscode.LanguageStatusSeverity, busy = false): void {
    Object.assign(this.#item, { text, detail, severity, busy });
  }

  dispose(): void {
    this.#item.dispose();
  }
}
