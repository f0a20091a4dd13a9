// KnowledgeEditing
