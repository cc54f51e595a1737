/** S3 takes as many characters as the value of a tag (S3 user guide, "Categorizing your storage using tags"). */
export const MOST_TAG = 256;

/** The tag's value that names the host groups which may read an object; their policies ask for it. */
export const groupsTag = (groups: readonly string[]) => `:${groups.join(':')}:`;
