import { join } from 'node:path';
import type { Site } from './site.ts';

/** What one host is made with. */
export interface HostOptions {
  id: string;
  tags?: Record<string, string>;
  /** false: commands wait for it and time out undelivered */
  online?: boolean;
  /** how its Nginx runs: `service` is a process of the host, all else a container */
  reload?: 'container' | 'service' | 'hooks';
  /** what the document calls the container; `web` by default */
  container?: string;
  sites?: Site[];
  /** What the container sees of the certbot folder: all of it, or only the files of each lineage, or all to write to as well, as people do by mistake. */
  mounts?: 'folder' | 'files' | 'writable';
  /** Who runs Nginx in the container, as `uid:gid`; root when absent. */
  user?: string;
  /** Of the container, as `name=value`. */
  labels?: readonly string[];
  /** What Nginx is started with in the container. */
  flags?: readonly string[];
  /** What runs in the container instead of Nginx. */
  program?: readonly string[];
}

/** What a container sees of the host. */
export type Mount = [source: string, destination: string];

/** What its Nginx sees of the certbot folder. */
export function mountsOf({ mounts, sites = [] }: HostOptions, root: string): Mount[] {
  if (mounts !== 'files') return [[root, `/etc/letsencrypt${mounts === 'writable' ? '' : ':ro'}`]];
  const files = sites.flatMap(({ lineage }) =>
    ['fullchain', 'privkey'].map((file) => `live/${lineage}/${file}.pem`),
  );
  return [...new Set(files)].map((file) => [join(root, file), `/etc/letsencrypt/${file}:ro`]);
}
