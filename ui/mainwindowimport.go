package ui

// newImportPlace makes the place of imports and exports; nil where there is none.
func (m *MainWindow) newImportPlace() settingsContent {
	if m.opt.Importer == nil {
		return nil
	}
	if m.imports != nil { // in another look: what runs goes on
		m.imports.Again()
		return m.imports
	}
	m.imports = newSettingsImport(m.opt, m.win, func(words string, wrong bool) {
		m.draw(true)
		if words != "" {
			m.toasts.Show(words, wrong)
		}
	})
	return m.imports
}

// importFile asks for a file and shows what would come in.
func (m *MainWindow) importFile() {
	if m.imports == nil {
		return
	}
	m.ShowSettings(settingsImport)
	m.imports.choose()
}
