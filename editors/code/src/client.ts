// One connection to a server process.
import * as readline from 'node:readline';
import * as vscode from 'vscode';
import { LanguageClient, type ServerOptions, State } from 'vscode-languageclient/node';
import type { Server } from './bootstrap.ts';
import type { Status } from './status.ts';

/** A client for `server`; not started yet. */
export function createClient(server: Server, env: NodeJS.ProcessEnv, log: vscode.LogOutputChannel, status: Status): LanguageClient {
  const run = { command: server.path, options: { env } };
  const serverOptions: ServerOptions = { run, debug: run };
  const client = new LanguageClient('cachelit', 'cachelit', serverOptions, {
    documentSelector: [{ scheme: 'file', language: 'rust' }],
    outputChannel: log,
    // The server's log comes on stderr; it is not all errors.
    stdioOptions: { stdout: () => {}, stderr: forward },
  });
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) status.running(server.version);
    else if (newState === State.Starting) status.starting();
    else status.stopped('The server has stopped. The log says why.');
  });
  return client;
}

function forward(stream: NodeJS.ReadableStream, log: vscode.LogOutputChannel): void {
  readline.createInterface({ input: stream }).on('line', line => {
    if (/\bERROR\b|panicked/.test(line)) log.error(line);
    else if (/\bWARN\b/.test(line)) log.warn(line);
    else log.info(line);
  });
}
