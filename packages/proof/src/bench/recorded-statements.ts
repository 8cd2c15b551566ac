import type { PrismaClient } from '@tallymark/prisma/client';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A client whose transactions note the statements that they are asked, so that their plans can be looked at afterwards. */
export function recording(prisma: PrismaClient, statements: Statement[]): PrismaClient {
  const noting = (tx: object) =>
    new Proxy(tx, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (name === '$queryRawUnsafe' && typeof member === 'function') {
          return (sql: string, ...parameters: unknown[]) => {
            if (!sql.startsWith('EXPLAIN')) statements.push({ sql, parameters });
            return member.call(target, sql, ...parameters);
          };
        }
        if (name === '$queryRaw' && typeof member === 'function') {
          return (query: TemplateStringsArray, ...parameters: unknown[]) => {
            statements.push({ sql: numbered(query), parameters });
            return member.call(target, query, ...parameters);
          };
        }
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  return new Proxy(prisma, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== '$transaction' || typeof member !== 'function') return member;
      return (work: (tx: object) => unknown, options: unknown) =>
        member.call(target, (tx: object) => work(noting(tx)), options);
    },
  });
}

const numbered = (query: TemplateStringsArray) => query.reduce((text, part, at) => `${text}$${at}${part}`);
