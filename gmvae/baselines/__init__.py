"""The methods of the comparison behind one interface: decoders and competitors."""
