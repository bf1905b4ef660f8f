import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { serverAt, serverOptions, startQuery, TIMEOUTS } from '../../src/mssql/server.js';
import { connectSql } from '../../src/sources/sql.js';
import { freshDatabase, MSSQL_URL } from '../databases.js';

describe('the address of a SQL Server', () => {
  it('is read with what stands in it, escaped or not', () => {
    expect(serverAt('mssql://gate%40way:p%2Fw%3F@db.example:1434/care%20data')).toMatchObject({
      host: 'db.example',
      port: 1434,
      username: 'gate@way',
      password: 'p/w?',
      database: 'care data',
    });
    expect(serverAt('mssql://u:p@db.example/care').port).toBe(1433);
  });

  it('asks for encryption and a checked certificate unless it says otherwise in so many words', () => {
    const said = (query: string) => serverAt(`mssql://u:p@db.example/care${query}`).options;
    expect(said('')).toMatchObject({ encrypt: true, trustServerCertificate: false });
    expect(said('?trustServerCertificate=yes')).toMatchObject({ trustServerCertificate: false });
    expect(said('?trustServerCertificate=true')).toMatchObject({ encrypt: true, trustServerCertificate: true });
    expect(said('?encrypt=false')).toMatchObject({ encrypt: false });
  });

  it('is refused when it is none, without a word of it', () => {
    for (const url of [
      'postgres://u:secret@h/d',
      'mssql://u:secret@h',
      'secret',
      'mssql://u:secret@h/d?trust=secret',
    ]) {
      expect(() => serverAt(url)).toThrow(/SQL Server/);
      expect(() => serverAt(url)).not.toThrow(/secret/);
    }
  });
});

describe('the options of a connection', () => {
  it('are safe where a deployment says nothing', () => {
    expect(serverOptions({ type: 'mssql', url: 'mssql://u:p@db.example/care' })).toMatchObject({
      host: 'db.example',
      requestTimeout: 15_000,
      pool: { min: 2, max: 20 },
      options: { encrypt: true, trustServerCertificate: false, useUTC: true },
      synchronize: false,
      logging: false,
    });
  });

  it('cannot be made to write, print statements or shift dates', () => {
    const given = { type: 'mssql', host: 'h', synchronize: true, dropSchema: true, logging: true } as const;
    expect(serverOptions({ ...given, options: { useUTC: false } })).toMatchObject({
      synchronize: false,
      dropSchema: false,
      migrationsRun: false,
      logging: false,
      options: { useUTC: true },
    });
  });

  it('are a deployment’s own where it says so', () => {
    const given = {
      type: 'mssql',
      host: 'h',
      options: { trustServerCertificate: true, readOnlyIntent: true },
    } as const;
    expect(serverOptions({ ...given, pool: { max: 1 }, requestTimeout: 1 })).toMatchObject({
      requestTimeout: 1,
      pool: { max: 1, min: 1 },
      options: { encrypt: true, trustServerCertificate: true, readOnlyIntent: true },
    });
  });
});

const LONG = 'SELECT COUNT(*) AS n FROM sys.all_columns a CROSS JOIN sys.all_columns b';

(MSSQL_URL === undefined ? describe.skip : describe)('a request on SQL Server', () => {
  it('is cancelled at the server when nobody waits for it any longer, so that its connection is free again', async () => {
    const data = await new DataSource(serverOptions({ ...serverAt(String(MSSQL_URL)), pool: { max: 1 } })).initialize();
    const began = Date.now();
    const long = startQuery(data, LONG, []);
    setTimeout(() => long.cancel(), 500);
    // ETIMEOUT: the server did not confirm in time (Babelfish never does), and its connection was given up.
    await expect(long.rows).rejects.toMatchObject({ code: expect.stringMatching(/^(ECANCEL|ETIMEOUT)$/) });
    const next = await startQuery(data, 'SELECT @0 AS said', ['again']).rows;
    expect(next).toEqual([{ said: 'again' }]);
    expect(Date.now() - began).toBeLessThan(8_000);
    await data.destroy();
  });

  it('takes ids of any number and script, and dates to the day that was written', async () => {
    const fresh = await freshDatabase();
    await fresh.run(
      'CREATE TABLE gw_thing (id NVARCHAR(60), seen_on DATETIME, seen_at DATETIME2, seen_in DATETIMEOFFSET)',
    );
    await fresh.run(
      `INSERT INTO gw_thing VALUES (N'Łódź-日本', '2025-03-30 00:00:00', '2025-07-01T23:30:00.1234567', '2025-07-01T23:30:00+01:00')`,
    );
    const connection = connectSql('x', fresh.options, {
      gw_thing: { columns: ['id', 'seen_on', 'seen_at', 'seen_in', 'not_there'] },
    });
    const keys = JSON.stringify([...Array.from({ length: 5000 }, (_, i) => `id-${i}`), 'Łódź-日本']);
    const rows = await connection.rows(
      (d) => `WITH k AS (${d.keys(0)}) SELECT t.* FROM ${d.from('gw_thing')} t WHERE t.id IN (SELECT id FROM k)`,
      [keys],
      AbortSignal.timeout(10_000),
    );
    expect(rows).toEqual([
      {
        id: 'Łódź-日本',
        seen_on: new Date('2025-03-30T00:00:00.000Z'),
        seen_at: new Date('2025-07-01T23:30:00.123Z'),
        seen_in: new Date('2025-07-01T22:30:00.000Z'),
        not_there: null,
      },
    ]);
    await connection.close();
    await fresh.drop();
  });
});

/** A relay to the server that can stand still: nothing the server says comes through, and nothing is closed. */
async function stillableWay(port: number) {
  const open = new Set<Socket>();
  const far: Socket[] = [];
  const relay = createServer((near) => {
    const server = connect(port, '127.0.0.1');
    far.push(server);
    for (const [one, other] of [
      [near, server],
      [server, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    port: (relay.address() as { port: number }).port,
    standStill: () => {
      for (const server of far) server.unpipe();
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => relay.close(() => resolve()));
    },
  };
}

const onServer = MSSQL_URL === undefined ? describe.skip : describe;
onServer('the pool of a server', () => {
  type Pool = {
    readonly size: number;
    readonly available: number;
    readonly pending: number;
    readonly borrowed: number;
  };

  it('loses no connection to calls that were given up, nor to a server that stood still', async () => {
    const at = serverAt(String(MSSQL_URL));
    const way = await stillableWay(at.port ?? 1433);
    const options = serverOptions({ ...at, host: '127.0.0.1', port: way.port });
    const data = await new DataSource(options).initialize();
    const pool = () => (data.driver as unknown as { readonly master: Pool }).master;
    const many = (count: number, giveUpMs: number) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const asked = startQuery(data, 'SELECT 1 AS one', []);
          const timer = setTimeout(() => asked.cancel(), giveUpMs);
          const answer = await Promise.race([
            asked.rows.then(
              () => 'answered' as const,
              () => 'refused' as const,
            ),
            new Promise<'given up'>((resolve) => setTimeout(() => resolve('given up'), giveUpMs).unref()),
          ]);
          clearTimeout(timer);
          if (answer === 'given up') asked.cancel();
          return answer;
        }),
      );
    const until = async (isSo: () => boolean, ms: number) => {
      const began = performance.now();
      while (!isSo() && performance.now() - began < ms) await new Promise((resolve) => setTimeout(resolve, 20));
      return performance.now() - began;
    };
    try {
      expect(new Set(await many(60, 60_000))).toEqual(new Set(['answered']));
      for (let round = 0; round < 3; round += 1) await many(60, 1);
      await until(() => pool().pending === 0 && pool().borrowed === 0, 20_000);
      expect([pool().pending, pool().borrowed]).toEqual([0, 0]);
      expect(pool().available).toBe(pool().size);

      way.standStill();
      expect(new Set(await many(60, 500))).toEqual(new Set(['given up']));
      // Each is cancelled, and the connection dropped when that is not confirmed: not kept for the time of a request.
      const took = await until(() => pool().pending === 0 && pool().borrowed === 0, 60_000);
      expect(took).toBeLessThan(TIMEOUTS.request);
      expect(new Set(await many(60, 60_000))).toEqual(new Set(['answered']));
    } finally {
      await data.destroy();
      await way.stop();
    }
  });
});
