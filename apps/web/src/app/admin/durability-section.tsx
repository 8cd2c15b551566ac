/** What the stores' own settings put at risk. Says so when nothing is, too: silence would prove nothing. */
export function DurabilitySection({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) {
    return (
      <p className="durability good">
        <strong>Durable.</strong> An acknowledged event survives the loss of any process.
      </p>
    );
  }
  return (
    <section className="durability warn" role="alert" aria-labelledby="durability">
      <h2 id="durability">
        {warnings.length === 1
          ? 'An acknowledgement is weaker than it should be'
          : `${warnings.length} settings put events at risk`}
      </h2>
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </section>
  );
}
