import { expect, it } from 'vitest';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { DnsError } from '../../../lib/issuance/dns/resolver.ts';
import { answerOf } from '../../../lib/reporting/doctor/read-dns.ts';

it('what another program said is one line of bounded length', async () => {
  const seen = `a\nb\u0007c ${'x'.repeat(2000)}`;
  const answer = await answerOf(
    Promise.reject(new StoreError('store-unavailable', { seen, remedy: 'wait\n' })),
  );
  expect(answer).toMatchObject({ trouble: { reason: 'store-unavailable', remedy: 'wait' } });
  expect('trouble' in answer && answer.trouble.seen).toMatch(/^a b c x{900,994}$/);
});

it('the code of a resolver is handed on', async () => {
  const answer = await answerOf(Promise.reject(new DnsError('no answer', { code: 'ESERVFAIL' })));
  expect(answer).toMatchObject({ trouble: { code: 'ESERVFAIL' } });
});
