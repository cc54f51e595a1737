/** Regions of AWS that this version of Serverless does not list, and would refuse. */
const NOT_LISTED = ['eusc-de-east-1'];

/** Lets Serverless deploy there too; a name that is no region it goes on refusing. */
module.exports = class Regions {
  constructor({ configSchemaHandler }) {
    const { region } = configSchemaHandler.schema.properties.provider.properties;
    region.enum.push(...NOT_LISTED.filter((name) => !region.enum.includes(name)));
  }
};
