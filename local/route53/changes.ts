import { randomBytes } from 'node:crypto';

interface SubmittedChange {
  id: string;
  submittedAt: Date;
  /** Milliseconds; PENDING before, INSYNC from then on. */
  insyncAt: number;
  comment?: string | undefined;
}

/** The changes that were accepted, by id. */
export class Changes {
  #byId = new Map<string, SubmittedChange>();

  add(submittedAt: Date, insyncAt: number, comment?: string): SubmittedChange {
    const id = `C${randomBytes(10).toString('hex').toUpperCase()}`;
    const change = { id, submittedAt, insyncAt, comment };
    this.#byId.set(id, change);
    return change;
  }

  find(id: string): SubmittedChange | undefined {
    return this.#byId.get(id);
  }
}

/** A `ChangeInfo` element. A change that was just accepted is always PENDING. */
export function changeInfo(
  { id, submittedAt, insyncAt, comment }: SubmittedChange,
  now?: number,
): Record<string, unknown> {
  const status = now !== undefined && now >= insyncAt ? 'INSYNC' : 'PENDING';
  return { Id: `/change/${id}`, Status: status, SubmittedAt: submittedAt.toISOString(), Comment: comment };
}
