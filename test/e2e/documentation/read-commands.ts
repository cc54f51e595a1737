import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../../..');
/** In the order in which a newcomer reads; each once. Not docs/decisions/, which has reasons and tells nobody to run anything. */
const PAGES = [
  'docs/start/walkthrough.md',
  'README.md',
  'docs/{start,guides,reference,operate,inside}/*.md',
  'docs/*.md',
  'examples/**/README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];
const PROGRAMS = /^(npm|npx|aws|perennial-tls|docker|podman|certbot|curl|dig) \S/;

export interface DocumentedCommand {
  page: string;
  /** 1 for the first. */
  line: number;
  command: string;
  /** What the page shows that it prints; empty where it shows nothing. */
  shown: string;
}

interface Block {
  language: string;
  /** Of its first line, 0 for the first of the page. */
  start: number;
  lines: string[];
}

/** Every command that the documentation tells somebody to run. */
export function readCommands(): DocumentedCommand[] {
  const pages = new Set(PAGES.flatMap((pattern) => globSync(pattern, { cwd: PROJECT }).sort()));
  return [...pages].flatMap((page) => commandsOf(page, readFileSync(join(PROJECT, page), 'utf8')));
}

/**
 * The commands of one page in its order: each line of an `sh` block, each line after `$ ` of a block without a language, with
 * what follows it as its output, and each code span in the text that starts with a program.
 */
export function commandsOf(page: string, markdown: string): DocumentedCommand[] {
  const { blocks, text } = readBlocks(markdown);
  const inBlocks = blocks.flatMap(({ language, start, lines }) => {
    const found = language === 'sh' ? script(lines) : language === '' ? session(lines) : [];
    return found.map(({ offset, ...rest }) => ({ page, line: start + offset + 1, ...rest }));
  });
  const inText = text.flatMap((line, at) =>
    spansOf(line).map((command) => ({ page, line: at + 1, command, shown: '' })),
  );
  return [...inBlocks, ...inText].sort((a, b) => a.line - b.line);
}

/** What a page shows in blocks without a language and without a command. */
export function printoutsOf(markdown: string): string[] {
  return readBlocks(markdown)
    .blocks.filter(({ language, lines }) => language === '' && session(lines).length === 0)
    .map(({ lines }) => lines.join('\n'));
}

/** The blocks of a page, and its lines with those of blocks left empty. */
function readBlocks(markdown: string): { blocks: Block[]; text: string[] } {
  const blocks: Block[] = [];
  let open: Block | undefined;
  const text = markdown.split('\n').map((line, at) => {
    const fence = /^ *```(\w*)$/.exec(line);
    if (fence && open) open = undefined;
    else if (fence) {
      open = { language: fence[1] ?? '', start: at + 1, lines: [] };
      blocks.push(open);
    } else if (open) open.lines.push(line);
    else return line;
    return '';
  });
  return { blocks, text };
}

interface InBlock {
  offset: number;
  command: string;
  shown: string;
}

function script(block: readonly string[]): InBlock[] {
  const commands: InBlock[] = [];
  let begun = '';
  for (const [offset, line] of block.entries()) {
    const text = begun + line.replace(/(^|\s+)#\s.*$/, '').trim();
    begun = text.endsWith('\\') ? `${text.slice(0, -1).trim()} ` : '';
    if (begun === '' && text !== '') commands.push({ offset, command: text, shown: '' });
  }
  return commands;
}

function session(block: readonly string[]): InBlock[] {
  const commands: InBlock[] = [];
  for (const [offset, line] of block.entries()) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push({ offset, command: line.slice(2).trim(), shown: '' });
    else if (last) last.shown += `${line}\n`;
  }
  return commands;
}

const spansOf = (line: string): string[] =>
  [...line.matchAll(/`([^`]+)`/g)].flatMap(([, span = '']) => (PROGRAMS.test(span) ? [span] : []));
