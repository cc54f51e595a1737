/** A CloudFormation template, as far as it is looked at here. */
export interface Template {
  Parameters?: Record<string, unknown>;
  Resources: Record<string, Resource>;
  Outputs?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

interface Code {
  S3Bucket: unknown;
  S3Key: unknown;
}

/** A function's code, by the resource's logical id and the name of its zip. */
export interface FunctionCode {
  id: string;
  zip: string;
  functionName: string;
}

const CODE_BUCKET = 'ServerlessDeploymentBucket';
const isFunction = ({ Type }: Resource) => Type === 'AWS::Lambda::Function';
const codeOf = ({ Properties }: Resource) => Properties.Code as Code;

export function functionsIn({ Resources }: Template): FunctionCode[] {
  return Object.entries(Resources).flatMap(([id, resource]) => {
    if (!isFunction(resource)) return [];
    const zip = String(codeOf(resource).S3Key).split('/').at(-1) ?? '';
    return { id, zip, functionName: String(resource.Properties.FunctionName) };
  });
}

/** The template with the code of some functions where it is now, by their logical ids. */
export function withCodeAt(template: Template, places: ReadonlyMap<string, unknown>): Template {
  return changeFunctions(template, (id, resource) =>
    places.has(id) ? { ...resource, Properties: { ...resource.Properties, Code: places.get(id) } } : resource,
  );
}

/** Where a template has the code of a function. */
export const codeIn = ({ Resources }: Template, id: string): unknown => {
  const resource = Resources[id];
  return resource && isFunction(resource) ? codeOf(resource) : undefined;
};

/**
 * The template for whoever deploys by CloudFormation alone: without the bucket that Serverless puts code into, and with parameters
 * for one of their own. `names`: of the zips there, by those in the template. A zip is named by its content, or an update would
 * not see that it is another.
 */
export function plainTemplate(template: Template, names: ReadonlyMap<string, string>): Template {
  const { [CODE_BUCKET]: _bucket, [`${CODE_BUCKET}Policy`]: _policy, ...Resources } = template.Resources;
  const { [`${CODE_BUCKET}Name`]: _name, ...Outputs } = template.Outputs ?? {};
  const Parameters = {
    CodeBucket: {
      Type: 'String',
      Description: 'A bucket of yours in this region, with the zips of this folder',
    },
    CodePrefix: {
      Type: 'String',
      Default: '',
      Description: 'What stands before their names there, such as perennial/',
    },
  };
  return changeFunctions({ ...template, Parameters, Resources, Outputs }, (_, resource) => {
    const zip = String(codeOf(resource).S3Key).split('/').at(-1) ?? '';
    const Code = {
      S3Bucket: { Ref: 'CodeBucket' },
      S3Key: { 'Fn::Join': ['', [{ Ref: 'CodePrefix' }, names.get(zip) ?? zip]] },
    };
    return { ...resource, Properties: { ...resource.Properties, Code } };
  });
}

function changeFunctions(template: Template, change: (id: string, resource: Resource) => Resource): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]): [string, Resource] => [
    id,
    isFunction(resource) ? change(id, resource) : resource,
  ]);
  return { ...template, Resources: Object.fromEntries(resources) };
}
