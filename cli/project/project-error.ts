import { PerennialError } from '../../lib/foundation/common/perennial-error.ts';

type ProjectReason =
  | 'settings-exist'
  | 'settings-missing'
  | 'settings-wrong'
  | 'settings-unwritable'
  | 'host-groups-wrong'
  | 'serverless-failed'
  | 'folder-not-empty'
  | 'folder-unusable'
  | 'no-change-set';

/** The settings cannot be written, or what is to be deployed cannot be made of them. */
export class ProjectError extends PerennialError<ProjectReason> {
  override readonly name = 'ProjectError';
}
