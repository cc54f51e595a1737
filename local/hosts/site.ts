import { writeLineage } from './lineage.ts';
import { type PemPair, selfSign } from './self-signed.ts';

/** A server name and the lineage whose certificate it is served with. */
export interface Site {
  serverName: string;
  lineage: string;
  /** What is installed at the start: by default a self-signed certificate; with `none`, Nginx does not serve this name yet. */
  certificate?: PemPair | 'self-signed' | 'none';
  /** How it lies on the disk; `certbot` has a real folder in live/ and a renewal configuration. */
  layout?: 'perennial' | 'certbot';
}

/** Installs what each site starts with in the certbot folder `root`; returns the sites that have a certificate. */
export async function installSites(root: string, sites: Site[]): Promise<Site[]> {
  const withCertificate = sites.filter((site) => site.certificate !== 'none');
  for (const [lineage, ofLineage] of Map.groupBy(withCertificate, (site) => site.lineage)) {
    const [{ certificate = 'self-signed', layout = 'perennial' } = {}] = ofLineage;
    const names = ofLineage.map((site) => site.serverName);
    const pair = typeof certificate === 'string' ? await selfSign({ names }) : certificate;
    await writeLineage(root, lineage, pair, layout);
  }
  return withCertificate;
}
