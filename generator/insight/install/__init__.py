"""How to install the project: what its README says, and what its manifests allow where proven."""
