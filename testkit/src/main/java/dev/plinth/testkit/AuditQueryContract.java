package dev.plinth.testkit;

/// To be written.
public interface AuditQueryContract extends ContractBase {}
