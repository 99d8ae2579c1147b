// English for the page of nodes.

export default {
  'admin.goes.drainNode.1': 'It says that it is not ready, so that the balancer sends nobody to it.',
  'admin.goes.drainNode.2': 'Those who are connected to it move to the others; nothing is lost.',
  'admin.goes.drainNode.3': 'It stays empty until it is started again. Stop it when it shows no connections.',
  'admin.node.drain': 'Empty',
  'admin.node.drainAsk': 'Empty {name}?',
  'admin.node.drained': '{name} empties itself.',
  'admin.node.lag': '{time} behind at the last change',
  'admin.node.leader': 'does what only one does',
  'admin.node.self': 'the one that shows this',
  'admin.node.since': 'Started {when}',
  'admin.node.sockets': 'Connections',
  'admin.node.state.alive': 'Alive',
  'admin.node.state.dead': 'Gone',
  'admin.node.state.draining': 'Empties itself',
  'admin.node.topics': 'Rooms and people',
  'admin.none.nodes': 'This server runs alone',
  'admin.noneText.nodes': 'Several share the work when they have one PostgreSQL database and one bucket, and Nodes:Enabled is set. The manual says how.',
  'admin.page.nodes': 'Nodes',
};
