package agents

// Connected is how many paired agents are connected to this server.
func (s *AgentHub) Connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}
