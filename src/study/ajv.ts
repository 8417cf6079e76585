// Bundled, a CommonJS module that is imported when it is needed has no names but `default`; so it gets its name here.
export { Ajv2020 } from 'ajv/dist/2020.js';
