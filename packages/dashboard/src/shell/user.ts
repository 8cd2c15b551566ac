/** Who looks at the dashboard, as the host knows them. */
export interface DashboardUser {
  readonly id: string;
  readonly name: string;
  /** `admin` sees everything; anybody else the sites they are a member of. */
  readonly role: string;
}
