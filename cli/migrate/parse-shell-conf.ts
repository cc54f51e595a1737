const ENCODED = /^__ACME_BASE64__START_(.*)__ACME_BASE64__END_$/;

/** `KEY='value'` lines as acme.sh and dehydrated keep them; the text is read, never run. Base64 that acme.sh wraps is decoded. */
export function parseShellConf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, single, double, bare] =
      /^\s*([A-Za-z_][A-Za-z0-9_]*)=(?:'([^']*)'|"([^"]*)"|(\S*))/.exec(line) ?? [];
    const value = single ?? double ?? bare;
    if (key === undefined || value === undefined) continue;
    const [, encoded] = ENCODED.exec(value) ?? [];
    values.set(key, encoded === undefined ? value : Buffer.from(encoded, 'base64').toString());
  }
  return values;
}
