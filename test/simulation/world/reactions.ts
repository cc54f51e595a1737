import { headlinesIn } from '../checks/mail-text.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import { askToRevoke } from './ask-to-revoke.ts';
import { letLeaveClosedCa } from './leave-closed-ca.ts';
import { GROUPS } from './names.ts';
import { letReplaceImports } from './replace-imports.ts';
import { letSetCaa } from './set-caa.ts';
import { pointerOf } from './stored.ts';
import type { World } from './world.ts';

/** What people do about what they hear, each with its share of the times. */
export function letReact(world: World): void {
  const { faults, scheduler, streams, trace } = world;
  const random = streams.of('reactions');
  const share = (name: string, shares: readonly [number, number]) => faults.draw(name, random, shares);
  const takesOut = share('people.take-out-what-fails', [0.05, 0.6]);
  const changes = share('people.change-what-fails', [0.05, 0.6]);
  const revokes = share('people.revoke-what-is-renewed', [0.005, 0.1]);
  const later = (site: string, ms: number, act: () => void) =>
    scheduler.after(ms, site, () => {
      if (!faults.on) return;
      trace.met(site);
      act();
    });

  world.mails.onMail.push(({ text }) => {
    for (const { headline } of headlinesIn(text)) {
      if (random.chance(takesOut))
        later('people.take-out-what-fails', random.spread(HOUR, 5 * DAY), () => takeOut(world, headline));
      if (random.chance(changes))
        later('people.change-what-fails', random.spread(MINUTE, DAY), () =>
          changeDelivery(world, headline, random),
        );
    }
  });
  letSetCaa(world, random);
  letReplaceImports(world, random);
  letLeaveClosedCa(world);
  world.bus.onFact.push((fact) => {
    if (fact.type !== 'Renewal Due') return;
    for (const { name, reason } of fact.detail.certificates)
      if (reason !== 'revoked' && random.chance(revokes))
        later('people.revoke-what-is-renewed', random.spread(SECOND, 30 * MINUTE), () => revoke(world, name));
  });
}

/** The region that refuses, the probe that complains, the certificate that is not renewed. */
function takeOut(world: World, headline: string): void {
  const [, imported, region] = /^(\S+) in (\S+) is not imported$/.exec(headline) ?? [];
  const [, probed] = /^(\S+) seen from outside$/.exec(headline) ?? [];
  const [, renewed] = /^(\S+) is not renewed$/.exec(headline) ?? [];
  const name = imported ?? probed ?? renewed ?? '';
  const file = world.files.get(name);
  if (!file) return;
  world.trace.note(`people take out: ${headline}`);
  if (imported) {
    const acm = (file.acm as { region: string }[] | undefined) ?? [];
    world.write(name, { ...file, acm: acm.filter((one) => one.region !== region) });
  } else if (probed) {
    const { probe: _, ...without } = file;
    world.write(name, { ...without, names: file.names });
  } else if (!world.isSmall) world.forget(name);
}

/** While a renewal fails, its certificate goes to other groups, and to another host of one of them. */
function changeDelivery(world: World, headline: string, random: Random): void {
  const [, name = ''] = /^(\S+) is not renewed$/.exec(headline) ?? [];
  const file = world.files.get(name);
  if (!file) return;
  world.trace.note(`people change hosts: ${headline}`);
  const hosts = random.some(GROUPS, 0.5);
  if (random.chance(0.5)) world.write(name, { ...file, hosts });
  else world.fleet.launch(random.pick(GROUPS));
}

function revoke(world: World, name: string): void {
  const version = pointerOf(world, name)?.version;
  if (version === undefined) return;
  world.trace.note(`people revoke ${name} ${version} while it is renewed`);
  askToRevoke(world, name, version, 'keyCompromise');
}
