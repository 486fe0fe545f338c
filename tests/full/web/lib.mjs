// What the TypeScript compiler makes of the client's modules: JavaScript without types, and declarations.
//
//   node lib.mjs make TEMPLATES      writes TEMPLATES/lib for the modules in TEMPLATES/src
//   node lib.mjs compare PACKAGE     tells where PACKAGE/lib is not what its src gives

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import * as prettier from 'prettier';
import blankSpace from 'ts-blank-space';
import ts from 'typescript';

/** What stands on top of a rendered module. */
const BANNER = /^\/\/ Made .*\n+/;

const STYLE = { parser: 'typescript', printWidth: 100, singleQuote: true };

/** The module without its types; a type that goes takes its comment along. */
export async function javaScript(source) {
  const file = ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest, true);
  const gone = file.statements.filter(
    (statement) =>
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      (ts.isImportDeclaration(statement) && statement.importClause?.isTypeOnly) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly),
  );
  let text = source;
  for (const statement of gone.reverse()) {
    // The comment above an import tells of the module.
    const doc = ts.isImportDeclaration(statement) ? undefined : statement.jsDoc?.at(-1);
    const start = doc?.pos ?? statement.getStart();
    text = text.slice(0, start) + text.slice(statement.end);
  }
  const wrong = [];
  text = blankSpace(text, (node) => wrong.push(node.getText()));
  if (wrong.length > 0) throw new Error(`not erasable: ${wrong.join(' … ')}`);
  return prettier.format(text, STYLE);
}

/** Each module's declarations, by its path. */
export function declarations(root, paths) {
  const files = new Map(paths.map((path) => [resolve(root, 'src', `${path}.ts`), path]));
  const packages = join(import.meta.dirname, 'node_modules');
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
    paths: { '@angular/*': [join(packages, '@angular/*')], rxjs: [join(packages, 'rxjs')] },
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    declaration: true,
    emitDeclarationOnly: true,
    noEmitOnError: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (name) => readFile(name)?.replace(BANNER, '');
  const program = ts.createProgram([...files.keys()], options, host);
  const texts = new Map();
  const { diagnostics } = program.emit(undefined, (_, text, __, ___, [source]) => {
    const path = files.get(source.fileName);
    if (path) texts.set(path, text);
  });
  const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (faults.length > 0) {
    throw new Error(
      ts.formatDiagnostics(faults, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => root,
        getNewLine: () => '\n',
      }),
    );
  }
  return texts;
}

/** As Prettier likes it, with the blank lines that the compiler leaves out. */
function styled(text) {
  const spaced = text
    .replace(/(?<=(\||:|=>|extends|\*\/)\s+)\{\n([^{}/]*?)\}/g, (_, __, inside) => `{ ${inside.trim()} }`)
    .replace(/\n(?=(\/\*\*((?!\*\/)[^])*\*\/\n)?export )/g, '\n\n');
  return prettier.format(spaced.replace(/\*\/\n\nexport /g, '*/\nexport '), STYLE);
}

function modules(root) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('environments'))
    .map((path) => path.slice(0, -'.ts'.length))
    .sort();
}

async function make(root) {
  const paths = modules(root);
  const declared = declarations(root, paths);
  for (const path of paths) {
    const source = readFileSync(join(root, 'src', `${path}.ts`), 'utf8');
    const hash = createHash('sha256').update(source).digest('hex');
    const first = `// Made of src/${path}.ts, sha256 ${hash}.\n`;
    mkdirSync(dirname(join(root, 'lib', path)), { recursive: true });
    writeFileSync(join(root, 'lib', `${path}.js`), first + (await javaScript(source)));
    writeFileSync(join(root, 'lib', `${path}.d.ts`), first + (await styled(declared.get(path))));
  }
}

/** Blank lines, and what stands on top, make no difference. */
function essence(text) {
  return text.replace(BANNER, '').replace(/\n\s*\n/g, '\n');
}

async function compare(root) {
  const paths = modules(root);
  const declared = declarations(root, paths);
  const differing = [];
  for (const path of paths) {
    const source = readFileSync(join(root, 'src', `${path}.ts`), 'utf8');
    for (const [end, made] of [
      ['.js', await javaScript(source.replace(BANNER, ''))],
      ['.d.ts', await styled(declared.get(path))],
    ]) {
      const found = readFileSync(join(root, 'lib', path + end), 'utf8');
      if (essence(found) === essence(made)) continue;
      differing.push(`lib/${path}${end}`);
      writeFileSync(join(root, 'lib', `${path}${end}.expected`), made);
    }
  }
  if (differing.length > 0) {
    throw new Error(`not what src gives (see *.expected): ${differing.join(', ')}`);
  }
  console.log(`lib is what src gives: ${paths.length} modules`);
}

const [command, root] = process.argv.slice(2);
await { make, compare }[command](root);
