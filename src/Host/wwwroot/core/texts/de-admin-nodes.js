// German for the page of nodes.

export default {
  'admin.goes.drainNode.1': 'Er meldet sich als nicht bereit, und der Verteiler schickt niemanden mehr zu ihm.',
  'admin.goes.drainNode.2': 'Wer mit ihm verbunden ist, wechselt zu den anderen; nichts geht verloren.',
  'admin.goes.drainNode.3': 'Er bleibt leer, bis er neu gestartet wird. Halten Sie ihn an, wenn er keine Verbindungen mehr zeigt.',
  'admin.node.drain': 'Leeren',
  'admin.node.drainAsk': '{name} leeren?',
  'admin.node.drained': '{name} leert sich.',
  'admin.node.lag': 'bei der letzten Änderung {time} zurück',
  'admin.node.leader': 'tut, was nur einer tut',
  'admin.node.self': 'zeigt diese Seite',
  'admin.node.since': 'Gestartet {when}',
  'admin.node.sockets': 'Verbindungen',
  'admin.node.state.alive': 'Läuft',
  'admin.node.state.dead': 'Weg',
  'admin.node.state.draining': 'Leert sich',
  'admin.node.topics': 'Räume und Personen',
  'admin.none.nodes': 'Dieser Server läuft allein',
  'admin.noneText.nodes': 'Mehrere teilen sich die Arbeit, wenn sie eine PostgreSQL-Datenbank und einen Bucket haben und Nodes:Enabled gesetzt ist. Das Handbuch sagt, wie.',
  'admin.page.nodes': 'Knoten',
};
