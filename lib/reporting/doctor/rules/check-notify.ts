import { type Subscription, unheard } from '../../notices/rules/unheard.ts';
import { type Answer, failing, type Result, unseen, warning } from './finding.ts';

export interface NotifyFacts {
  wanted: readonly string[];
  topic: string;
  found: Answer<readonly Subscription[]>;
}

/** Whether those who are to be told of trouble hear of it; nothing where all do, or nobody is to be told. */
export function checkNotify({ wanted, topic, found }: NotifyFacts): Result[] {
  if (wanted.length === 0) return [];
  if ('trouble' in found) return [unseen('notify', found.trouble)];
  const deaf = unheard(wanted, { found: found.found, topic });
  const tell = deaf.length === wanted.length ? failing : warning;
  return deaf.map(({ seen, remedy }) => tell('notify', seen, remedy));
}
