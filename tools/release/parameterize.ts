import type { Template } from '../../cli/project/template.ts';

/** The settings that the template of a release has as parameters, each with a text that stands for its value nowhere else. */
export const STAND_INS = {
  Contact: 'contact@stand-in-for-contact.example',
  Domain: 'stand-in-for-domain.example',
} as const;

const PARAMETERS = {
  Contact: {
    Type: 'String',
    Description: 'Whom the CA may write to about the account, and who hears of trouble: one mail address',
    AllowedPattern: "^[\\w.!#$&'*+/=^`{|}~-]+@[\\w-]+(\\.[\\w-]+)+$",
  },
  AgreeToTerms: {
    Type: 'String',
    Description: "That you agree to the CA's terms of service (https://letsencrypt.org/repository/): true",
    AllowedValues: ['true'],
  },
  Domain: {
    Type: 'String',
    Description:
      'Certificates are issued for names at or below this domain only, in lower case, such as example.com',
    AllowedPattern: '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9-]{2,63}$',
    MaxLength: 100,
  },
};

/** A template that was made with the stand-ins, with parameters in their places. */
export function parameterize(template: Template): Template {
  const filled = replaceIn(template) as Template;
  const Parameters = { ...PARAMETERS, ...filled.Parameters };
  const left = Object.values(STAND_INS).find((standIn) => JSON.stringify(filled).includes(standIn));
  if (left !== undefined) throw new Error(`${left} stands where no parameter can`);
  return { ...filled, Parameters };
}

const has = (text: string) => Object.values(STAND_INS).some((standIn) => text.includes(standIn));

function replaceIn(value: unknown): unknown {
  if (typeof value === 'string') return has(value) ? referenceIn(value) : value;
  if (Array.isArray(value)) return value.map(replaceIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (key === 'Fn::Sub') return [key, inSub(one)];
      return [key, key === 'AGREE_TO_TERMS' ? { Ref: 'AgreeToTerms' } : replaceIn(one)];
    }),
  );
}

/** Text that had no reference so far, in which `${` means itself. */
function referenceIn(text: string): unknown {
  const [whole] = Object.entries(STAND_INS).find(([, standIn]) => standIn === text) ?? [];
  return whole === undefined ? { 'Fn::Sub': inSub(text.replaceAll('${', '${!')) } : { Ref: whole };
}

function inSub(value: unknown): unknown {
  if (Array.isArray(value)) return [inSub(value[0]), ...value.slice(1).map(replaceIn)];
  return Object.entries(STAND_INS).reduce(
    (text, [name, standIn]) => text.replaceAll(standIn, `\${${name}}`),
    String(value),
  );
}
