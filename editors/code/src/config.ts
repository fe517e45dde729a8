// Expands what users write in settings. Knows nothing of VS Code.
import { join } from 'node:path';

/** What variables in a setting stand for. */
export interface Variables {
  workspaceFolder: string | undefined;
  home: string | undefined;
}

/** Expands `~/` at the start and `${workspaceFolder}` anywhere; an empty or missing setting is undefined. */
export function expandPath(setting: string | null | undefined, { workspaceFolder, home }: Variables): string | undefined {
  const trimmed = setting?.trim();
  if (!trimmed) return undefined;
  const inFolder = trimmed.replaceAll('${workspaceFolder}', workspaceFolder ?? '');
  return home !== undefined && /^~[/\\]/.test(inFolder) ? join(home, inFolder.slice(2)) : inFolder;
}

/** The server's environment: the editor's, with the setting's entries on top. */
export function serverEnvironment(base: NodeJS.ProcessEnv, extra: Record<string, unknown> | undefined): NodeJS.ProcessEnv {
  const entries = Object.entries(extra ?? {}).map(([name, value]) => [name, String(value)]);
  return { ...base, ...Object.fromEntries(entries) };
}
