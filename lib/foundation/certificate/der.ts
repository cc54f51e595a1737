/** A tag and its value in DER (X.690, 8.1 and 10.1). */
export interface DerElement {
  tag: number;
  value: Buffer;
}

/** An element of these values, one after the other. */
export function writeDer(tag: number, ...values: Uint8Array[]): Buffer {
  const value = Buffer.concat(values);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(value.length)]), value]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** The elements that follow each other in `bytes`; throws RangeError where one does not fit. */
export function readDer(bytes: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { start, end } = extentOf(bytes, at);
    elements.push({ tag: bytes.readUInt8(at), value: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}

function extentOf(bytes: Buffer, at: number): { start: number; end: number } {
  const first = bytes.readUInt8(at + 1);
  const isShort = first < 0x80;
  const start = at + 2 + (isShort ? 0 : first - 0x80);
  const end = start + (isShort ? first : bytes.readUIntBE(at + 2, first - 0x80));
  if (end > bytes.length) throw new RangeError(`an element of DER ends at ${end} of ${bytes.length} bytes`);
  return { start, end };
}
