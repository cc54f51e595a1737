import { describeZonesContract } from '../../contract/zones.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';

describeZonesContract('zones in memory', async (...names) => new FakeZones(...names));
