/** docker-compose.yml starts what the code can speak to: images by name, variables that there are, files that are read. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { listSources } from '../../src/compose-service.js';
import { readConfig, VARIABLES } from '../../src/config.js';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

/** `${NAME:-default}` as compose reads it when nothing is set. */
const withDefaults = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
const text = withDefaults(readFileSync('docker-compose.yml', 'utf8'));
const { services, volumes } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
};

describe('docker-compose.yml', () => {
  it('has SQL Server, the gateway, a FHIR server and an OpenID provider, and what fills them', () => {
    expect(Object.keys(services).sort()).toEqual(['fhir', 'gateway', 'openid', 'seed', 'sqlserver']);
  });

  it('names images without a registry', () => {
    for (const { image } of Object.values(services)) expect(image.split('/')[0]).not.toMatch(/[.:]/);
  });

  it('waits for services and mounts volumes that there are', () => {
    for (const { depends_on = {}, volumes: mounted = [] } of Object.values(services)) {
      for (const name of Object.keys(depends_on)) expect(Object.keys(services)).toContain(name);
      for (const mount of mounted) {
        const [from = ''] = mount.split(':');
        if (from.startsWith('./')) expect(() => readFileSync(from)).toThrow(/EISDIR/);
        else expect(Object.keys(volumes)).toContain(from);
      }
    }
  });

  it('configures a gateway that would start', () => {
    const env = services['gateway']?.environment ?? {};
    const ours = VARIABLES.map(({ name }) => name);
    const config = readConfig(Object.fromEntries(Object.entries(env).filter(([name]) => ours.includes(name))));
    expect(config).toMatchObject({ mode: 'service', host: '0.0.0.0', store: { kind: 'mssql' } });
    const sources = listSources(readFileSync('docs/deploy/sources.yaml', 'utf8'), env);
    expect(sources.map(({ settings }) => settings.id)).toEqual([
      'social-care',
      'workbook',
      'early-help',
      'mental-health',
      'substance-misuse',
    ]);
  });

  it('seeds the databases, the log-ins and the realm that the gateway then uses', () => {
    const { seed, gateway } = services;
    expect(seed?.environment?.['MSSQL_SOURCES_URL']).toBe(gateway?.environment?.['CARE_URL']);
    expect(seed?.environment?.['MSSQL_STORE_URL']).toBe(gateway?.environment?.['THRESHOLD_STORE']);
    expect(readFileSync('src/cli/openid-realm.ts', 'utf8')).toContain("REALM = 'threshold'");
  });
});
