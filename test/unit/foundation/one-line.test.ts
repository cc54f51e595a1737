import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { answering, printed } from '../../../cli/answering.ts';
import { resultsOf } from '../../../lib/foundation/common/finding.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { oneLine, printableTexts } from '../../../lib/foundation/common/one-line.ts';

/** What moves a cursor, hides, or turns the direction of writing: C0, C1, bidi (UAX 9), zero width, line separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;
const HOSTILE = 'a\r\nBcc: b\u001b[8m\u009b2J\u202ec\u2066d\u200be\u2028f\ud800';

describe("somebody else's text", () => {
  it('is one printable line of the length that is given, whatever it is', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(anything, fc.nat(50), (text, most) => {
        const line = oneLine(text, most);
        expect(line).not.toMatch(HIDDEN);
        expect(line.length).toBeLessThanOrEqual(most);
        expect(oneLine(line, most)).toBe(line.trimEnd());
      }),
    );
  });

  it('has one space where invisible characters stood between several', () => {
    expect(oneLine('a \u200b b', 100)).toBe('a b');
  });

  it('keeps letters of any language, and is not cut within one', () => {
    expect(oneLine('Zürich 東京 \u{1f512}', 100)).toBe('Zürich 東京 \u{1f512}');
    expect(oneLine('a\u{1f512}', 2)).toBe('a');
  });

  it('is printable wherever it goes out: in errors, findings, events, logs and answers of programs', () => {
    const error = new InputError('event-invalid', { seen: HOSTILE, remedy: HOSTILE });
    const found = resultsOf<'x'>().warning('x', HOSTILE, HOSTILE);
    const json = JSON.stringify({ deep: [{ text: HOSTILE }] }, printableTexts);
    for (const text of [error.message, error.seen, error.remedy, found.seen, found.remedy, json])
      expect(text).not.toMatch(HIDDEN);
  });

  it('moves nothing on a terminal, where lines and colours are ours', () => {
    const coloured = `\u001b[31mfailed\u001b[39m\n${HOSTILE.replace(/\n/, '')}`;
    const shown = printed(coloured);
    expect(shown.startsWith('\u001b[31mfailed\u001b[39m\n')).toBe(true);
    expect(shown.slice('\u001b[31mfailed\u001b[39m\n'.length)).not.toMatch(HIDDEN);
  });

  it('moves no cursor and has no colour where an error that is not ours is shown with its stack', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const command = { processedArgs: [], optsWithGlobals: () => ({}), name: () => 'status' };
    const act = answering(() => Promise.reject(new Error(`${HOSTILE}\u001b[30m`)));
    await act(command);
    const shown = said.mock.calls.flat().join('');
    said.mockRestore();
    process.exitCode = undefined;
    expect(shown).toContain('one-line.test');
    expect(shown.replaceAll('\n', '')).not.toMatch(HIDDEN);
  });
});
