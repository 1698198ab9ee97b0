"""Ideas of billing and payment, and how they are said in English, German, French, Spanish and Dutch.

Lower case, without accents (ae, oe, ue, ss for the German letters). A star stands for any ending, a tilde for a part
anywhere in a word, an underscore joins the words of a phrase.
"""

from __future__ import annotations

from typing import Final

TRADE: Final[dict[str, str]] = {
    # papers
    "invoice": "invoice* inv bill bills ~rechnung rg facture factures factura facturas ~factuur facturen factur* nota notas",
    "copy": (
        "copy copies duplicate* ~kopie kopien duplikat* zweitschrift* abschrift* doppel* copie copies duplicata* copia copias "
        "duplicado* ~afschrift kopietje scan scans scanned original* reprint reissued_copy"
    ),
    "format": (
        "pdf pdfs xml ubl xrechnung zugferd factur-x facturx peppol edi csv excel xlsx e-invoice* einvoice* e-rechnung* erechnung* "
        "e-facture* efactuur* e-factuur* facturae format formats formato formaat chorus sdi"
    ),
    "attach": (
        "attach* enclos* anbei anhang beigefuegt* beilieg* anlage anlagen angehaengt* ci-joint* ci-jointe pj piece_jointe "
        "pieces_jointes en_annexe annexe adjunt* anexo anexa bijlage* bijgevoegd* bijgaand* hierbij als_bijlage"
    ),
    "unreadable": (
        "corrupt* unreadable empty blank blurry blurred garbled cannot_open can't_open won't_open truncat* cut_off smudged leer "
        "leere defekt* beschaedigte_datei unleserlich* verschwommen laesst_sich_nicht_oeffnen illisible* vide flou floue tronqu* "
        "ilegible* vacio vacia borros* danado onleesbaar* leeg lege wazig kapot_bestand half_page"
    ),
    "statement": (
        "statement* soa ~kontoauszug kontoauszuege kontoauszueg* kontoblatt saldenliste* opos op-liste postenliste* ~postenliste kontenblatt "
        "releve_de_compte releve releves grand_livre extrait_de_compte extrait extracto* estado_de_cuenta estados_de_cuenta mayor "
        "rekeningoverzicht* rekeninguittreksel ledger ledgers ageing aging klantenkaart debiteurenkaart "
        "saldo-overzicht openstaande_posten_lijst kontostand sammelaufstellung account_summary account_history"
    ),
    "balance": (
        "balance balances saldo saldi salden saldos solde soldes saldenbestaetigung* saldobevestiging* circulari* "
        "confirmation_of_balance balance_confirmation confirmacion_de_saldo* confirmation_de_solde standing what_we_owe owe owes owed owing "
        "schulden schuldig verschuldigd verschuldigde devons debemos"
    ),
    "open_items": (
        "open outstanding unpaid unsettled offen offene offenen offener offenstehend* ausstehend* unbezahlt* ouvert ouverte ouvertes "
        "impaye* restant_du en_attente_de_paiement pendiente* abierta abiertas impagad* vencida vencidas openstaand* onbetaald* "
        "openstaat openstaan still_due"
    ),
    "reconcile": (
        "reconcil* tie_out tie_up match_up tick abstimm* abgleich* abgeglichen kontenabstimmung rapproch* pointer pointage lettrage "
        "concili* cuadrar cuadra punteo afstem* aansluit* audit* auditor* pruefer* abschlusspruef* wirtschaftspruef* commissaire* "
        "auditoria auditores accountant* revisor* month_end year_end month-end year-end jahresabschluss* monatsabschluss* cloture* cierre* "
        "jaareinde maandafsluiting jaarafsluiting steuerberat* expert-comptable boekhouder gestor gestoria"
    ),
    "list": (
        "list lists listing overview summary liste listen auflistung* aufstellung* uebersicht* liste_des tableau recapitul* "
        "recap listado* lista relacion resumen detalle lijst* overzicht* opsomming history movements transactions bewegungen "
        "mouvements movimientos bewegingen mutaties"
    ),
    "everything": (
        "everything all every entire whole complete full alle alles saemtlich* komplett* vollstaendig* gesamt* tout toutes tous toute "
        "complet complete completa completo todo todas todos alle volledig* gehele complet"
    ),
    "credit_note": (
        "credit_note* credit_memo* creditnote* cn credit-note* ~gutschrift avoir avoirs note_de_credit notes_de_credit nota_de_credito "
        "notas_de_credito abono abonos abonar factura_rectificativa rectificativa creditnota* creditfactuur* credit_nota ncr"
    ),
    "credit": (
        "credit credits credited crediting gutschreiben gutgeschrieben* gutzuschreiben crediter credite creditee acreditar* abonad* "
        "crediteren gecrediteerd tegoed guthaben credito creditsaldo kredit"
    ),
    "remittance": (
        "remittance* remit advice payment_advice avis zahlungsavis* avis_de_paiement avis_de_virement aviso_de_pago aviso_de_transferencia "
        "betaaladvies betalingsadvies betaalspecificatie* betalingsspecificatie* allocat* allocation zuordn* verwendungszweck* ventil* repartition "
        "imput* aplicacion_del_pago aplicar verdeling toewijz* verdeel* breakdown_of_payment remesa relacion_de_facturas bordereau paying_run "
        "sammelueberweis* sammelzahl* verzamelbetaling pago_agrupado virement_groupe covers covering deckt umfasst couvre cubre"
    ),
    "book_against": (
        "book it post_it apply applied put_it_against set_against verbuch* buchen bitte_buchen verrechn* imputer affecter imputar "
        "afboeken boeken verwerken toerekenen zuzuordnen against gegen contre contra tegen oldest aelteste* oudste"
    ),
    "reminder": (
        "reminder* dunning dun chas* past_due overdue final_notice collection* ~mahnung mahnungen gemahnt mahn* zahlungserinnerung* "
        "inkasso* relanc* rappel* mise_en_demeure recouvrement recordatorio* requerimiento* reclamacion_de_pago reclamais reclaman aanmaning* "
        "herinnering* aangemaand incasso* deurwaarder ingebrekestelling sommatie betreibung*"
    ),
    "hold": (
        "on_hold hold blocked block suspend* suspension locked freeze frozen disconnect* gesperrt* sperre sperren liefersperre lieferstopp "
        "bloqu* bloque suspendu suspendid* geblokkeerd* blokkade geschorst afgesloten afsluiten stop_supply abgeschaltet coupure"
    ),
    "release": (
        "release* unblock* unlock* lift freigeben freizugeben freischalt* entsperr* debloqu* liberer liberar liberacion desbloque* "
        "deblokk* vrijgeven vrijgegeven vrijgave let_it_go"
    ),
    # money moves
    "paid": (
        "paid payed settled cleared cashed debited bezahlt* gezahlt* beglichen* ausgeglichen* abgebucht* eingezogen paye payee payes payees "
        "regle reglee regles reglees acquitte* solde_le pagado pagada pagados pagadas pagamos pague pagué abonamos betaald* voldaan "
        "overgemaakt* afgeschreven already_paid schon_bezahlt deja_paye ya_pagado al_betaald"
    ),
    "sent_money": (
        "transferred wired remitted sent_the_money ueberwiesen* angewiesen* vire virée viree transfere transferido transferimos hemos_transferido "
        "ordenado overgeschreven gestort deposited eingezahlt verse versee ingresado ingresamos posted_a_cheque mailed_a_check"
    ),
    "payment": (
        "payment* zahlung zahlungen bezahlung paiement* reglement* pago pagos betaling* ~zahlung money geld argent dinero funds gelder "
        "fonds fondos"
    ),
    "transfer": (
        "transfer* wire ach bacs chaps sepa ~ueberweisung virement* transferencia* overschrijving* overboeking* swift_copy trace "
        "utr uetr proof_of_payment zahlungsbeleg* zahlungsnachweis* preuve_de_paiement justificant* comprobante* betaalbewijs* standing_order "
        "dauerauftrag* spei pix bizum"
    ),
    "cheque": "cheque* check_no check_number checks ~scheck talon talones cheque check_in_the_mail postdated",
    "card": "card cards credit_card karte kreditkarte* carte_bancaire carte cb tarjeta* creditcard* pinpas paypal stripe autopay ideal lockbox",
    "direct_debit": (
        "direct_debit* debit_order lastschrift* einzug bankeinzug sepa-mandat* mandate mandat* prelevement* domiciliacion* "
        "domiciliad* recibo domiciliado incasso automatische_incasso machtiging*"
    ),
    "received": (
        "receive received receipt arrive* arrived reached turned_up landed come_through eingegangen* eingang* erhalten* angekommen* "
        "gutgeschrieben recu recue recus recues arrive arrivee parvenu* recibido* recibida* recibieron llego llegado ha_llegado ontvangen* binnen "
        "aangekomen toegekomen binnengekomen got reçu did_it_reach"
    ),
    "booked": (
        "booked posted registered shows show_up reflected recorded cleared_on_your_side verbucht* gebucht* erfasst* vermerkt comptabilis* enregistr* "
        "contabiliz* registrado* registrada* reflejad* geboekt* verwerkt* geregistreerd* applied marked_as_paid ausgebucht abgehakt credited_to_our"
    ),
    "will_pay": (
        "will_pay will_be_paid we'll_pay i'll_pay will_settle will_transfer will_send_the_money will_wire going_to_pay paying_on "
        "werden_zahlen werden_bezahlen wird_bezahlt werden_ueberweisen wird_ueberwiesen wird_angewiesen wird_beglichen wird_ausgeglichen begleichen zahlen_wir "
        "ueberweise ueberweisen_wir zahle geht_raus geht_heute_raus raus paierai paierons paiera reglerai reglerons reglera sera_paye* sera_regle* sera_vire* virerai virerons "
        "pagare pagaremos pagara se_pagara sera_pagad* abonaremos abonara transferiremos haremos_el_pago zullen_betalen zal_betalen zullen_voldoen "
        "betaal_ik betalen_wij betalen_we wordt_betaald wordt_voldaan maken_wij_over maak_ik_over wordt_overgemaakt voldoen funds_by you_will_have "
        "expect_payment expect_the_money you'll_get_it"
    ),
    "scheduled": (
        "schedul* planned payment_run pay_run next_run batch zahllauf* zahlungslauf* zahlungslaeufe zahltag eingeplant* vorgemerkt* terminiert "
        "campagne_de_paiement echeance_du prochain_virement programme programmee remesa_de_pagos proxima_remesa programad* previsto prevue prevu betaalrun* betaalronde "
        "ingepland* gepland* klaargezet promis* promise zusage zugesagt engag* compromet* beloof* toegezegd"
    ),
    "approved": (
        "approv* sign-off signed_off sign_off authoris* authoriz* freigab* freigegeben* genehmig* bewilligt abgezeichnet valid* visa visé "
        "aprob* visto_bueno autoriz* intervencion goedgekeurd* goedkeur* geaccordeerd akkoord vrijgegeven"
    ),
    "soon": (
        "tomorrow friday monday tuesday wednesday thursday next_week next_month end_of_month eom end_of_week by_the_end this_week morgen freitag "
        "montag dienstag mittwoch donnerstag naechste_woche naechsten nächste monatsende ende_der_woche ende_des_monats uebermorgen demain vendredi "
        "lundi mardi mercredi jeudi semaine_prochaine fin_du_mois fin_de_mois mois_prochain manana viernes lunes martes miercoles jueves "
        "proxima_semana semana_que_viene fin_de_mes proximo_mes vrijdag maandag dinsdag woensdag donderdag volgende_week einde_maand "
        "eind_van_de_maand eind_deze volgende_maand overmorgen spaetestens at_the_latest au_plus_tard a_mas_tardar uiterlijk within_days innerhalb"
    ),
    "past_day": (
        "yesterday last_week last_month ago gestern letzte_woche letzten vorige vergangene* vor_tagen hier semaine_derniere il_y_a "
        "mois_dernier ayer semana_pasada mes_pasado hace gisteren vorige_week vorige_maand geleden already bereits schon deja ya al reeds weeks_ago"
    ),
    "overpaid": (
        "overpa* overpayment* ueberzahl* zuviel_bezahlt zu_viel_bezahlt zu_viel_ueberwiesen doppelt_bezahlt doppelt_ueberwiesen zweimal_bezahlt trop-percu "
        "trop_percu trop_paye paye_deux_fois paye_en_double double_paiement doublon_de_paiement trop_verse pagado_dos_veces pago_duplicado pagado_de_mas "
        "cobrado_dos_veces te_veel_betaald dubbel_betaald teveel_betaald twee_keer_betaald paid_twice paid_it_twice paid_double twice_by_mistake "
        "wrong_account by_mistake versehentlich* irrtuemlich* par_erreur por_error per_ongeluk abusievelijk unapplied unallocated "
        "credit_balance guthaben tegoed saldo_a_favor saldo_acreedor solde_crediteur a_notre_credit credit_on_our fehlueberweis* "
        "payment_meant_for duplicate_payment double_payment"
    ),
    "refund": (
        "refund* reimburs* money_back pay_back payback pay_out return_the_money send_it_back give_it_back rueckerstatt* erstatt* "
        "rueckzahl* zurueckzahl* zurueckueberweis* rueckueberweis* zurueckerhalten geld_zurueck auszahl* auszuzahl* zurueck rembours* restitu* reembols* devolver devuelv* "
        "devolucion_del devolucion_de_los reintegr* terugbetal* terugstort* terugboek* terugkrijg* terug_te_betalen geld_terug uitbetal* "
        "back_to_us a_card_refund"
    ),
    "offset": (
        "offset* set_off set-off net_off netting use_it_against against_the_next next_invoice deduct_it_from carry_forward verrechn* aufrechn* "
        "gegenrechn* anrechn* umbuch* compens* imputer_sur deduire_de_la_prochaine a_valoir arrastr* verreken* in_mindering overboeken move_it transfer_it_to "
        "leave_it_on stehen_lassen"
    ),
    "deposit": "deposit* kaution* anzahlung* caution acompte* fianza* anticipo* senal borg waarborg* aanbetaling* voorschot* vorauszahl* prepaid prepayment retention einbehalt pfand",
    "sister": (
        "sister_company parent_company subsidiary group_company affiliate* schwester* mutter* tochter* konzern* filiale* maison_mere societe_soeur matriz "
        "empresa_hermana filial grupo zuster* moeder* dochter* holding other_entity gmbh_und another_supplier anderen_lieferanten otro_proveedor autre_fournisseur"
    ),
    "small_rest": "cents penn* centimos centimes rounding rundungs* arrondi redondeo afronding* bank_charge* bankspesen* bankgebuehr* frais_bancaires comisiones bankkosten",
    # disputes
    "price": (
        "price* pricing ~preis preise preisen unit_price tarif* tarief* tarifa* prix precio* prijs* prijzen ~prijs rate rates ~satz stundensatz "
        "taux uurtarief stueckpreis per_hour an_hour je_stunde de_l'heure por_hora per_uur per_unit each cost_per expensive teuer cher caro duur prezzo"
    ),
    "discount": (
        "discount* rebate* ~rabatt ~bonus skonto* nachlass* preisnachlass remise* ristourne* rabais escompte* descuento* rappel_por bonificacion* rapel "
        "korting* ~korting bonusafspraak betalingskorting 2% 3% volume_discount kickback"
    ),
    "quantity": (
        "quantit* qty seats users licen* units pieces pallets boxes cartons headcount ~menge mengen anzahl stueck stk lizenz* nutzer kartons "
        "paletten gebinde saecke unites palettes cartons licences utilisateurs cantidad* unidades palets cajas licencias usuarios aantal* stuks "
        "dozen licenties gebruikers kilos tonnes litres liter metres"
    ),
    "hours": "hours hrs ~stunden std heures horas uren timesheet* time_sheet* stundenzettel* regiebericht* feuille_de_temps parte_de_horas urenstaat* urenbriefje* werkbon* man-days consultant-days tage_berechnet jours_factures dagen_berekend",
    "usage": "usage consumption meter* kwh verbrauch* zaehler* consommation* compteur* consumo* contador* verbruik* meterstand* teller* estimated geschaetzt estime* estimad* geschat*",
    "only": "only just merely nur lediglich bloss seulement uniquement solo solamente unicamente slechts maar alleen actually tatsaechlich en_realite en_realidad eigenlijk fewer less",
    "billed": (
        "billed invoiced charged charge charges charging overcharg* overbill* berechnet* fakturiert* abgerechnet* in_rechnung_gestellt "
        "verrechnet facture facturee facturees facturez compte_ facturado* facturada* facturais cobrado* cobran cobrar cobrado gefactureerd* aangerekend* "
        "berekend* doorberekend* in_rekening_gebracht listed_on steht_auf_der"
    ),
    "wrong": (
        "wrong* incorrect* mistake* error* off false inaccura* falsch* fehler* fehlerhaft* unrichtig* unstimmig* stimmt_nicht stimmen_nicht passt_nicht nicht_korrekt nicht_nachvollzieh* "
        "faux fausse erron* erreur* inexact* ne_correspond* pas_bon incorrect* equivoca* erroneo* erronea* no_coincide* no_cuadra* mal fout foute "
        "fouten onjuist* verkeerd* klopt_niet kloppen_niet does_not_match doesn't_match doesn't_agree differs discrepan* abweich* ecart* anomalie* afwijk* "
        "vergiss* typo tippfehler oops mismatch"
    ),
    "too_much": (
        "too_much too_high too_many higher more_than excessive zu_viel zuviel zu_hoch hoeher mehr_als ueberhoeht* trop en_trop trop_eleve plus_cher "
        "plus_que de_mas demasiado mas_alto mas_de superior te_veel teveel te_hoog hoger meer_dan increase increased erhoeh* augment* "
        "subido subida incremento verhoog* opgeslagen jump doubled"
    ),
    "should_be": (
        "should_be should_have should_read supposed_to instead_of rather_than ought agreed agreement_says contract_says quoted quote quotation offer offered "
        "statt anstatt anstelle sollte muesste vereinbart* laut_vertrag angebot* auftragsbestaetigung* zugesagt* au_lieu aurait_du devrait convenu* "
        "conforme_au devis accord en_lugar_de en_vez_de deberia acordad* pactad* segun_contrato oferta presupuesto in_plaats_van zou_moeten "
        "afgesproken afspraak overeengekomen offerte volgens_contract ipv order_confirmation price_list preisliste* bareme prijslijst* pl"
    ),
    "difference": "difference* differenz* unterschied* mehrbetrag ecart diferencia* verschil* delta gap excess",
    "correct_it": (
        "correct correction* corrected amend* revise* fix adjust* rectif* korrig* korrektur* berichtig* richtigstell* anpass* corrig* regularis* "
        "ajust* rectific* correg* correcc* regulariz* corriger* gecorrigeerd* corrigeren correctie* aanpassen aangepast* rechtzetten herzien* recast redo"
    ),
    "reissue": "reissue* re-issue* replace_the_invoice new_invoice cancel_the_invoice storno* stornier* neue_rechnung neu_ausstell* refaire refacturer annuler_et nouvelle_facture reemitir refactur* anular_la nueva_factura opnieuw_factureren nieuwe_factuur tegenboeken",
    "dispute": (
        "disput* contest* challeng* object objection query queried don't_agree do_not_agree not_accept* won't_accept reject_the refuse* complain* "
        "reklam* beanstand* widerspr* einspruch* nicht_einverstanden zurueckgewiesen zurueckweis* anfecht* contest* litige* reclam* desaccord pas_d'accord refus* "
        "reclamacion impugn* disconform* no_estamos_de_acuerdo no_estoy_de_acuerdo discrep* betwist* bezwaar* niet_akkoord niet_mee_eens klacht* protest*"
    ),
    "withhold": (
        "withhold* withheld short_pay* short-pay* deduct* deduction* not_pay won't_pay will_not_pay not_release kuerz* gekuerzt* einbehalt* abgezogen* abziehen abzug zahlen_nicht nicht_bezahlen "
        "nicht_zahlen retenir retenu* deduit* deduire deduisons ne_paierons_pas retener retenid* retenemos deducimos descontado descontamos no_pagaremos no_vamos_a_pagar "
        "ingehouden inhouden aftrek* afgetrokken betalen_niet niet_betalen debit_note belastung* lastschriftanzeige nota_de_cargo note_de_debit debetnota withholding"
    ),
    "twice": (
        "twice double* dupl* second_time two_invoices both_invoices doppelt* zweimal nochmal_berechnet dublette* deux_fois en_double doublon* deux_factures "
        "dos_veces duplicad* por_duplicado dos_facturas dubbel* tweemaal twee_keer twee_facturen same_invoice same_service same_amount identical selbe* gleiche* "
        "identisch* meme* mismo* misma* zelfde* identiek* dezelfde already_billed already_invoiced bereits_berechnet deja_facture* ya_factur* reeds_gefactureerd"
    ),
    "tax": (
        "vat tax taxes taxable gst hst mwst ust ~umsatzsteuer mehrwertsteuer* ~steuer tva iva btw reverse_charge reverse-charge autoliquidation "
        "inversion_del_sujeto_pasivo verlegd* verleggingsregeling intra-community innergemeinschaft* intracommunaut* intracomunit* intracommunautair* exempt* "
        "steuerfrei* exoner* exent* vrijgesteld* vrijstelling* 19% 21% 20% irpf withholding_tax quellensteuer retencion resale_certificate"
    ),
    "tax_id": "vat_number vat_id vat_no tax_id ust-id* ustid* ust-idnr* steuernummer* umsatzsteuer-id* siret siren numero_de_tva n°_tva nif cif rfc ruc cuit btw-nummer* kvk-nummer* ein abn duns d-u-n-s tin uid ondernemingsnummer",
    "goods": (
        "goods merchandise material* parcel* package* consignment* ware waren ~lieferung paket* sendung* teile marchandise* colis pieces mercanc* "
        "paquete* material piezas goederen pakket* zending* spullen artikelen artikel* items item produit* producto* product* producten"
    ),
    "deliver": (
        "deliver* shipment* shipped ship liefer* geliefert* zugestellt versand* versendet livr* expedi* entreg* suminist* enviado* "
        "lever* geleverd* verzonden bezorg* proof_of_delivery pod delivery_note* lieferschein* ablieferbeleg* bon_de_livraison albaran* pakbon* "
        "leverbon* vrachtbrief* cmr courier* fedex ups dhl"
    ),
    "freight": (
        "freight* shipping_cost* shipping_charge* delivery_charge* carriage handling* surcharge* fuel fracht* versandkosten* porto zuschlag* "
        "maut* dieselzuschlag frais_de_port frais_de_livraison frais_de_transport surcharge* supplement* portes gastos_de_envio gastos_de_transporte recargo* "
        "verzendkosten* transportkosten* toeslag* brandstoftoeslag vracht* setup_fee admin_fee express pallet_fee"
    ),
    "fee": (
        "fee fees interest late_fee penalt* gebuehr* verzugszins* mahngebuehr* mahnkosten zinsen pauschale* frais penalite* interets indemnite* "
        "comision* cargo cargos gasto gastos interes* intereses recargos kosten rente boete* administratiekosten aanmaningskosten levy"
    ),
    "cancel": (
        "cancel* terminat* discontinu* ended gekuendigt* kuendig* abbestellt* storniert* beendet* resili* annul* cancelad* cancelam* rescindid* baja dado_de_baja "
        "dimos_de_baja opgezegd* opzegg* geannuleerd* beeindigd* stopgezet* signed_off_in trial probe* test_period essai prueba proefperiode withdrew widerruf* retract*"
    ),
    "never_ordered": (
        "never_ordered did_not_order didn't_order not_ordered never_requested never_bought never_asked_for not_ours unsolicited nie_bestellt nicht_bestellt nicht_beauftragt "
        "nie_beauftragt nichts_bestellt nie_gekauft jamais_command* pas_command* jamais_demand* nunca_pedimos no_pedimos no_hemos_pedido nunca_contrat* no_contrat* no_hemos_contratado "
        "nooit_besteld niet_besteld nooit_gevraagd"
    ),
    "damaged": (
        "damag* broken defect* faulty scratch* leak* mould* spoiled rotten poor_quality quality unusable failed scrap beschaedigt* defekt* mangel* mangelhaft* maengel* kaputt* "
        "bruch* verdorben* verkratzt* qualitaet* ausschuss endommag* casse* defectueu* avarie* abime* malfacon* qualite danad* defectuos* roto rota rotos "
        "rotas calidad averiad* estrope* beschadigd* kapot* gebrek* gebroken kwaliteit* bedorven stuk photos fotos foto's not_working funktioniert_nicht substandard"
    ),
    "due_date": "due_date due_dates payable_by faellig* faelligkeit* echeance* date_d'echeance vencimiento* vence vervaldatum* vervaldag* vervalt date_due falls_due fecha_de_pago",
    "wrong_party": (
        "not_our_invoice not_ours not_for_us not_our_company wrong_company wrong_entity wrong_customer addressed_to belongs_to nichts_mit nicht_fuer_uns nicht_unsere falsche_firma falscher_empfaenger gehoert* "
        "adressiert_an pas_pour_nous ne_nous_concerne* pas_notre destinataire_errone pas_la_notre no_es_nuestra no_es_para_nosotros no_nos_corresponde no_corresponde "
        "a_nombre_de destinatario niet_voor_ons niet_van_ons verkeerde_firma op_naam_van geadresseerd* privatperson previous_tenant vormieter* sold_the_business no_connection never_heard"
    ),
    "complaint_case": "complaint claim_no claim reklamationsnummer* numero_de_reclamation rma retoure* returned return_label rueckgabe* ruecksend* zurueckgeschickt* zurueckgesandt retour* renvoye* retourn* devuelt* devolvimos devolucion* teruggestuurd* teruggezonden terugzending* retouren returns sent_back",
}
