// Finds a server program that works. Knows nothing of VS Code, so that it is tested without one.
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const programName = process.platform === 'win32' ? 'cachelit-server.exe' : 'cachelit-server';

/** Where a candidate came from, in the words of an error message. */
export type Origin = 'the setting `cachelit.server.path`' | 'the extension' | '`PATH`' | '`~/.cargo/bin`';

/** A server program that answered `--version`. */
export interface Server {
  path: string;
  origin: Origin;
  version: string;
}

/** What the search depends on. */
export interface Surroundings {
  /** The setting `cachelit.server.path`, expanded; undefined where it is not set. */
  configured: string | undefined;
  extensionFolder: string;
  path: string | undefined;
  home: string | undefined;
}

/** No server program works. The message says what was tried and what to do. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** The programs that could be the server, most wanted first. A configured path is the only candidate. */
export function candidates({ configured, extensionFolder, path, home }: Surroundings): { path: string; origin: Origin }[] {
  if (configured !== undefined) return [{ path: configured, origin: 'the setting `cachelit.server.path`' }];
  const onPath = (path ?? '').split(delimiter).filter(folder => folder !== '');
  return [
    { path: join(extensionFolder, 'server', programName), origin: 'the extension' as const },
    ...onPath.map(folder => ({ path: join(folder, programName), origin: '`PATH`' as const })),
    ...(home === undefined ? [] : [{ path: join(home, '.cargo', 'bin', programName), origin: '`~/.cargo/bin`' as const }]),
  ];
}

/** The first candidate that exists and answers `--version`. */
export async function findServer(surroundings: Surroundings): Promise<Server> {
  const failures: string[] = [];
  for (const candidate of candidates(surroundings)) {
    const exists = await access(candidate.path, constants.F_OK).then(() => true, () => false);
    if (!exists) {
      if (surroundings.configured !== undefined) failures.push(`${candidate.path} does not exist`);
      continue;
    }
    try {
      return { ...candidate, version: await probe(candidate.path) };
    } catch (error) {
      failures.push(`${candidate.path} (from ${candidate.origin}) does not run: ${(error as Error).message}`);
    }
  }
  const remedy = surroundings.configured === undefined
    ? 'install it with `cargo install cachelit-server`, or set `cachelit.server.path`'
    : 'correct the setting `cachelit.server.path`, or remove it to use the server that the extension carries';
  const found = failures.length > 0 ? failures.join('; ') : 'the extension carries none, and there is none on `PATH` or in `~/.cargo/bin`';
  throw new NoServerError(`no cachelit-server: ${found}. What to do: ${remedy}`);
}

/** Runs `PROGRAM --version`. A program that is something else is an error. */
function probe(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, ['--version'], { timeout: 10_000 }, (error, stdout) => {
      const version = /^cachelit-server (\S+)/.exec(stdout)?.[1];
      if (error) reject(new Error(error.killed ? '`--version` did not answer within 10 seconds' : firstLine(error.message)));
      else if (version === undefined) reject(new Error('it is not cachelit-server: `--version` says something else'));
      else resolve(version);
    });
  });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
