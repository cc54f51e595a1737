import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { drawTerminal } from '../../../tools/pictures/draw-terminal.ts';
import { picturesOf } from '../../../tools/pictures/pictures.ts';

const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const printed = read('docs/images/demo.txt');
const readme = read('README.md').split('\n');

describe("README's pictures", () => {
  it.each(Object.entries(picturesOf(printed)))('%s is as npm run pictures draws it', (name, svg) => {
    expect(read(`docs/images/${name}`)).toBe(svg);
    expect(readme.join('\n')).toContain(`](docs/images/${name})`);
  });

  it('show a run of the demo that ended well', () => {
    const { 'demo.svg': picture } = picturesOf(printed);
    expect(picture).toMatch(/>demo: 2 renewed, .* in \d+ s</);
    expect(picture).toContain('>(as before)<');
  });

  it('are for light and dark', () => {
    for (const svg of Object.values(picturesOf(printed))) expect(svg).toContain('prefers-color-scheme:dark');
  });
});

describe('a terminal in a picture', () => {
  it('has its tables as strokes and its words at their columns', () => {
    const svg = drawTerminal('t', ['┌──┐', '│ a & b │']);
    expect(svg).toContain('<text x="28" y="43" textLength="35">a &amp; b</text>');
    expect(svg).not.toMatch(/[┌─│]/);
    expect(svg).toContain('M17.5 22.5H21M17.5 22.5V31');
  });
});

describe('README', () => {
  it('is short, and begins with how to try it and what that prints', () => {
    expect(readme.length).toBeLessThanOrEqual(200);
    const top = readme.slice(0, 15);
    const shown = top.slice(top.indexOf('$ npm install && npm run demo') + 1, -1);
    expect(shown).toHaveLength(8);
    expect(top.at(-1)).toBe('```');
    const lines = printed.split('\n');
    const places = shown.map((line) => lines.indexOf(line));
    expect(places).toEqual([...places].filter((place) => place >= 0).sort((a, b) => a - b));
  });
});
