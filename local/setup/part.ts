/** One thing that set-up installs. */
export interface Part {
  name: string;
  /** What a person reads while it is installed. */
  title: string;
  /** Installed again when this differs from what was installed last. */
  version: string;
  /** Installed again when one of these is missing. */
  files: string[];
  /** Leaves all `files` in place, from whatever was there before; throws SetupError. */
  install(): Promise<void>;
}
