// Lambda gives a function its role's credentials in the environment; the SDK's whole chain of other places is left out.
// biome-ignore lint/correctness/noUndeclaredDependencies: the one that the SDK's clients bring; a version of our own could differ
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = () => fromEnv();
