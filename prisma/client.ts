import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export interface PrismaOptions {
  readonly databaseUrl: string;
  readonly maxConnections: number;
  readonly applicationName: string;
}

export function createPrisma({ databaseUrl, maxConnections, applicationName }: PrismaOptions): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: maxConnections,
    application_name: applicationName,
  });
  return new PrismaClient({ adapter });
}
