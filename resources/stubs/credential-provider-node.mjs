// Lambda gives a function its role's credentials in the environment; the SDK's whole chain of other places is left out.
import { fromEnv } from '@aws-sdk/credential-provider-env';

export const defaultProvider = () => fromEnv();
