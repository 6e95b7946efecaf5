"""The generator: facts about a repository become a folder of plain files."""
