// Starts the server with the extension, and again when a user asks for it or changes how it is found.
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { findServer } from './bootstrap.ts';
import { createClient } from './client.ts';
import { expandPath, serverEnvironment } from './config.ts';
import { Status } from './status.ts';

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  session = new Session(context);
  await session.start();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

/** What lives as long as the extension: the log, the status, and the client of the moment. */
class Session {
  readonly #log = vscode.window.createOutputChannel('cachelit', { log: true });
  readonly #status = new Status();
  readonly #extensionFolder: string;
  #client: LanguageClient | undefined;
  /** Starts and stops run one after the other, in the order in which they were asked for. */
  #queue: Promise<void> = Promise.resolve();

  constructor(context: vscode.ExtensionContext) {
    this.#extensionFolder = context.extensionPath;
    context.subscriptions.push(
      this.#log,
      this.#status,
      vscode.commands.registerCommand('cachelit.restartServer', () => this.restart()),
      vscode.commands.registerCommand('cachelit.showLog', () => this.#log.show()),
      vscode.workspace.onDidChangeConfiguration(async change => {
        if (change.affectsConfiguration('cachelit.server')) await this.restart();
      }),
    );
  }

  start(): Promise<void> {
    return this.#enqueue(() => this.#start());
  }

  stop(): Promise<void> {
    return this.#enqueue(() => this.#stop());
  }

  restart(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(step);
    return this.#queue;
  }

  async #start(): Promise<void> {
    this.#status.starting();
    try {
      const settings = vscode.workspace.getConfiguration('cachelit');
      const home = homedir();
      const workspaceFolder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
      const server = await findServer({
        configured: expandPath(settings.get<string | null>('server.path'), { workspaceFolder, home }),
        extensionFolder: this.#extensionFolder,
        path: process.env['PATH'],
        home,
      });
      this.#log.info(`server ${server.version} from ${server.origin}: ${server.path}`);
      const env = serverEnvironment(process.env, settings.get<Record<string, unknown>>('server.extraEnv'));
      this.#client = createClient(server, env, this.#log, this.#status);
      await this.#client.start();
    } catch (error) {
      this.#report(error as Error);
    }
  }

  /** A failed start is shown once and does not fail the activation: restarting must stay possible. */
  #report(error: Error): void {
    this.#log.error(error.message);
    this.#status.stopped(error.message);
    const [log, settings] = ['Show Log', 'Open Settings'];
    void vscode.window.showErrorMessage(`cachelit: ${error.message}`, log, settings).then(async choice => {
      if (choice === log) this.#log.show();
      else if (choice === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'cachelit.server');
    });
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A server that has crashed can't be stopped in an orderly way, and needs no stopping.
    await client?.dispose().catch((error: Error) => this.#log.warn(error.message));
  }
}
