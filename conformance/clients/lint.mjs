// Prints what graphql-eslint finds in a schema, a line for each fault, and then how many rules it went by.
import { ESLint } from 'eslint';
import { readFileSync } from 'node:fs';
import configured from './eslint.config.mjs';

const [schema] = process.argv.slice(2);
const config = configured(readFileSync(schema, 'utf8'));
const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: config });
const results = await eslint.lintFiles([schema]);
const faults = results.flatMap((each) => each.messages).map((each) => `${each.line}: ${each.ruleId}: ${each.message}`);
console.log(JSON.stringify({ faults, rules: Object.keys(config[0].rules).length }));
