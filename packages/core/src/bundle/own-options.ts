/**
 * Options as the host gave them, and nothing inherited: with a polluted `Object.prototype` (a careless merge of a
 * client's JSON) an option left out would otherwise be one that an attacker set, such as a bundle's longest life.
 */
export function ownOptions<Options extends object>(options: Options): Options {
  return Object.assign(Object.create(null) as object, options) as Options; // the same members
}
