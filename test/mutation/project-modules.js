/**
 * The project's modules evaluated anew as often as wanted in one process: what they import from node_modules is loaded once and
 * shared, what is the project's own (sources, adapters, tests) is fresh for each `freshModules()`, so that nothing that one mutant
 * left in a module is seen by the next. Needs --experimental-vm-modules.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SourceTextModule, SyntheticModule } from 'node:vm';

/** `compiled`: a folder of JavaScript made of the sources by `compile`; `replaced`: modules given by name in the place of packages. */
export function projectModules(root, compiled, replaced) {
  const shared = new Map();
  const kept = new Map();

  async function packageModule(name) {
    const exports = replaced.get(name) ?? (await import(name));
    const names = Object.keys(exports);
    return new SyntheticModule(names, function () {
      for (const each of names) this.setExport(each, exports[each]);
    });
  }

  function evaluatedPackage(name) {
    if (!shared.has(name)) shared.set(name, packageModule(name).then((made) => made.link(() => {}).then(() => made.evaluate()).then(() => made)));
    return shared.get(name);
  }

  function codeOf(path) {
    if (!kept.has(path)) {
      const code = path.endsWith('.ts') ? readFileSync(join(compiled, `${relative(root, path)}.js`), 'utf8') : readFileSync(path, 'utf8');
      kept.set(path, { code });
    }
    return kept.get(path);
  }

  /** Imports a file of the project in a graph of modules of its own. */
  return function freshModules() {
    const modules = new Map();
    const linked = new Map();

    function moduleAt(path) {
      if (modules.has(path)) return modules.get(path);
      const file = codeOf(path);
      const made = path.endsWith('.json')
        ? new SyntheticModule(['default'], function () {
            this.setExport('default', JSON.parse(file.code));
          })
        : new SourceTextModule(file.code, {
            identifier: path,
            initializeImportMeta: (meta) => {
              meta.url = pathToFileURL(path).href;
            },
            importModuleDynamically: (name) => imported(name, path),
          });
      modules.set(path, made);
      return made;
    }

    function link(name, from) {
      if (!name.startsWith('.')) return evaluatedPackage(name);
      const path = resolve(dirname(from.identifier ?? from), name);
      const source = path.replace(/\.js$/, '.ts');
      return moduleAt(existsSync(source) ? source : path);
    }

    async function imported(name, from) {
      const made = await link(name, from);
      if (!linked.has(made)) linked.set(made, made.status === 'unlinked' ? made.link(link).then(() => made.evaluate()) : made.evaluate());
      await linked.get(made);
      return made;
    }

    return async (path) => (await imported(`./${relative(root, path)}`, join(root, 'x'))).namespace;
  };
}
