import { describeObjectStoreContract } from '../../contract/object-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

describeObjectStoreContract('the bucket in memory', async () => new MemoryStore());
