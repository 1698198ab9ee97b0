"""The words of customers: each line names an idea and how it is said in English, German, French, Spanish and Dutch.

Lower case, without accents (ae, oe, ue, ss for the German letters); words of one phrase are joined by an underscore.
"""

from __future__ import annotations

from typing import Final

LEXICON: Final[dict[str, str]] = {
    # documents
    "invoice": (
        "invoice invoices inv bill bills e-invoice rechnung rechnungen rechnungsnummer facture factures factura "
        "facturas factuur facturen rechnungsdokument ubl xrechnung facturx billing_document"
    ),
    "document": (
        "document documents pdf pdfs xml copy copies duplicate_copy kopie kopien rechnungskopie rechnungskopien "
        "rechnungsduplikat duplikat zweitschrift copie duplicata copia copias kopieen afschrift version original "
        "attachment attachement anhang piece_jointe bijlage adjunto"
    ),
    "statement": (
        "offener_posten offenen_posten aufstellung statement statements soa kontoauszug kontoauszuege saldenliste "
        "postenliste offene_posten op-liste op_liste releve releve_de_compte extracto estado_de_cuenta "
        "rekeningoverzicht openstaande_posten open_items aging ageing account_balance saldenbestaetigung "
        "balance_confirmation audit_confirmation everything_open all_open_invoices open_invoices list_of_open "
        "list_of_everything balance_due saldo solde"
    ),
    "credit_note": (
        "credit_note credit_notes credit_memo creditnota cn gutschrift gutschriften avoir note_de_credit "
        "nota_de_credito abono creditnote get_credited be_credited rebate_credit return_credit issue_credit "
        "service_credit"
    ),
    "remittance": (
        "skonto discount_taken escompte_deduit descuento_por_pronto remittance remittance_advice payment_advice "
        "zahlungsavis avis_de_paiement aviso_de_pago betaalspecificatie betalingsadvies zahlungsaufstellung "
        "allocate allocation debit_note zuordnung payed_3 in_one_go remittances lastschriftavis avis"
    ),
    "reminder": (
        "reminder reminders dunning dunning_letter mahnung mahnungen zahlungserinnerung relance relances rappel "
        "recordatorio aanmaning herinnering past_due overdue on_hold collection_letter collections"
    ),
    "contract_word": (
        "contract contracts agreement agreements vertrag vertraege contrat contrato quote quotation rahmenvertrag "
        "offerte angebot vereinbarung accord acuerdo overeenkomst"
    ),
    # asking
    "send": (
        "send resend sent_again send_again forward provide email_me mail_me issue reissue upload share get senden "
        "schicken zusenden zukommen zuschicken uebersenden uebermitteln envoyer renvoyer envoyez transmettre "
        "enviar reenviar envien envie mandar sturen toesturen opsturen doorsturen verzenden need needs require "
        "requires benoetigen brauchen erbitten besoin necesitamos necesito nodig looking_for request requesting "
        "would_like could_i_have can_i_have can_i_get"
    ),
    "please": (
        "please pls plz kindly bitte merci_de veuillez svp il_vous_plait por_favor graag gelieve could_you can_you "
        "can_u could_u would_you will_you koennen_sie koennten_sie pouvez-vous pourriez-vous puede podria podrian "
        "kunt_u zou_u in_advance im_voraus d_avance de_antemano por_adelantado bij_voorbaat"
    ),
    "never_arrived": (
        "never_reached never_received not_received did_not_receive didn't_receive haven't_received "
        "have_not_received never_got never_arrived never_came didn't_get did_not_get missing lost cannot_find "
        "can't_find not_arrived nicht_erhalten nie_erhalten nicht_angekommen nicht_eingegangen fehlt pas_recu "
        "jamais_recu no_hemos_recibido no_recibimos niet_ontvangen nooit_ontvangen no_invoice_behind "
        "without_invoice no_copy was_empty empty corrupt corrupted can't_open cannot_open unreadable defekt leer "
        "vide vacio leeg rejected_it beschadigd misplaced no_record_of no_trace"
    ),
    "question": (
        "? why what when which whether warum wieso weshalb wann pourquoi quand por_que porque cuando waarom wanneer"
    ),
    # payment
    "paid": (
        "paid payed settled cleared zahlten bezahlt gezahlt ueberwiesen beglichen paye payee payees regle reglee "
        "pagado pagada pagamos pagadas betaald voldaan overgemaakt cashed remitted was_settled has_been_paid "
        "is_paid transferred wired vire virement_effectue transferido"
    ),
    "payment": (
        "payment payments transfer wire ach zahlung zahlungen ueberweisung paiement paiements reglement virement "
        "pago pagos transferencia betaling betalingen check cheque zahlungseingang funds remittance"
    ),
    "arrived": (
        "arrived received receive receipt booked posted credited_to applied registered cashed confirm_receipt "
        "eingegangen erhalten gebucht verbucht zahlungseingang recu enregistre comptabilise recibido recibida "
        "registrado contabilizado ontvangen geboekt verwerkt allocated confirm still_open noch_offen still_shows "
        "open_on_your toujours_ouverte status stand show_up shows_up on_your_side situation estado"
    ),
    "still_open": (
        "still_open noch_offen still_shows shows_past_due still_showing open_on_your_side still_outstanding "
        "weiterhin_offen encore_ouverte toujours_impayee toujours_ouverte sigue_abierta sigue_pendiente "
        "aun_pendiente nog_open staat_nog_open already_paid schon_bezahlt bereits_bezahlt bereits_beglichen "
        "deja_paye deja_payee ya_pagada ya_pagado ya_pagamos al_betaald reeds_betaald everything_is_paid "
        "was_settled payment_status zahlungsstatus statut_du_paiement estado_del_pago betaalstatus"
    ),
    "will_pay": (
        "will_pay will_be_paid will_settle will_be_settled payment_run is_scheduled are_scheduled scheduled_for "
        "expect_funds expect_payment in_the_queue check_is_in check_is_in_the_mail zahlung_erfolgt wird_bezahlt "
        "werden_bezahlt werden_zahlen zahlen_wir zahlungslauf ueberweisen_wir sera_paye sera_payee sera_regle "
        "sera_reglee nous_paierons nous_reglerons pagaremos se_pagara sera_pagada betalen_wij zullen_betalen "
        "wordt_betaald payment_will going_to_pay pay_next we'll_pay plan_to_pay paying_next"
    ),
    "twice": (
        "twice double duplicate duplicated duplicates second_copy second_time two_times doppelt zweimal doppelte "
        "doppelberechnung en_double deux_fois doublon duplicada duplicado dos_veces doble dubbel dubbele tweemaal "
        "same_thing same_bill same_invoice same_service identical same_po same_order same_amount again_for "
        "already_invoiced already_billed new_number"
    ),
    "overpaid": (
        "overpaid overpayment paid_twice payed_twice paid_double paid_it_twice went_to_you_twice ueberzahlt "
        "ueberzahlung doppelt_bezahlt trop-percu trop_percu paye_deux_fois pagado_dos_veces pago_duplicado "
        "te_veel_betaald dubbel_betaald credit_balance unapplied remaining_balance paid_too_much sitting_on_our "
        "sitting_on_account guthaben accidentally_paid duplicate_payment double_payment paid_by_mistake"
    ),
    "refund": (
        "refund refunds refunded reimburse pay_out pay_back back erstatten erstattung rueckerstattung "
        "zurueckzahlen zurueckueberweisen rembourser remboursement reembolso reembolsar devolver devolucion "
        "terugbetalen terugbetaling terugstorten offset verrechnen imputer compensar verrekenen use_it_against "
        "against_the_next move_it sister_company"
    ),
    # disputes
    "billed": (
        "billed invoiced charged charge charges berechnet fakturiert abgerechnet verrechnet in_rechnung_gestellt "
        "facture facturee factures facturado facturada cobrado cobran gefactureerd berekend in_rekening "
        "overcharged overbilled overbilling"
    ),
    "price": (
        "price prices rate rates unit_price hourly_rate hourly preis preise stundensatz einzelpreis stueckpreis "
        "tarif tarife prix taux tarifs precio precios tarifa prijs prijzen tarief uurtarief discount rebate rabatt "
        "nachlass remise descuento korting volume_rebate an_hour per_hour per_unit each"
    ),
    "wrong": (
        "wrong incorrect mistake error errors off too_high too_much higher falsch falscher falsche falschen fehler "
        "fehlerhaft zu_hoch zu_viel faux fausse errone erronee incorrecte erreur trop_eleve trop_cher trop_haut "
        "incorrecto incorrecta equivocado demasiado_alto fout foute onjuist verkeerd te_hoog differs doesn't_match "
        "does_not_match not_match discrepancy stimmt_nicht nicht_korrekt ne_correspond no_coincide klopt_niet "
        "not_correct not_right missing_again overcharged overbilled unstimmig wrongly incorrectly"
    ),
    "should_be": (
        "should_be should_have_been should_read should_only supposed_to instead_of rather_than statt anstatt "
        "sollte muesste au_lieu devrait en_lugar deberia en_vez in_plaats_van zou_moeten lower_price agreed_price "
        "contract_price agreement_says contract_says vereinbart vereinbarte vereinbarten convenu convenue acordado "
        "acordada afgesproken agreed laut_vertrag"
    ),
    "correct_it": (
        "correct corrected correction correct_it fix revise revised credit adjust adjustment amend korrigieren "
        "korrektur berichtigen berichtigung korrigierte corriger rectifier corregir rectificar correccion "
        "corrigeren correctie aanpassen remove entfernen dispute disputed disputing reklamieren reklamation "
        "beanstanden contester contestons reclamar impugnar betwisten reissue short_pay deducting deduct withhold "
        "not_release not_approve query_invoice invoice_query clarify"
    ),
    "dispute_word": (
        "dispute disputing we_dispute reklamieren reklamation beanstanden wir_beanstanden contestons contester "
        "impugnamos impugnar betwisten short_pay reclamacion billing_dispute billing_error invoice_query "
        "overcharged overbilled overbilling"
    ),
    "quantity": (
        "quantity quantities seats users licenses licences cartons units pieces pallets boxes menge mengen anzahl "
        "stueck lizenzen nutzer kartons quantite quantites unites cantidad cantidades licencias unidades usuarios "
        "aantal aantallen stuks licenties gebruikers hours_worked headcount items_delivered delivery_note "
        "lieferschein bon_de_livraison albaran pakbon hours stunden heures horas uren active_users"
    ),
    "only": (
        "only just nur lediglich seulement uniquement ne_que solo solamente slechts maar alleen but_only only_have "
        "only_received only_ordered less_than actually signed_for fewer received_only"
    ),
    "tax": (
        "vat sales_tax tax taxes mwst umsatzsteuer ust tva iva btw reverse_charge reverse-charge exemption exempt "
        "tax_exempt steuerfrei steuer autoliquidation exonere exoneration exento exencion verlegd "
        "verleggingsregeling gst withholding_tax"
    ),
    "goods": (
        "goods shipment delivery deliveries parcel consignment proof_of_delivery pod ware waren lieferung sendung "
        "marchandise marchandises livraison mercancia mercancias entrega envio goederen levering zending pallets "
        "order service"
    ),
    "cancelled": (
        "cancelled canceled cancel_one cancellation terminated gekuendigt kuendigung storniert resilie resiliation "
        "annule cancelado cancelada cancelamos opgezegd geannuleerd opzegging never_ordered not_ordered "
        "didn't_order did_not_order nie_bestellt nicht_bestellt jamais_commande nunca_pedimos no_pedimos "
        "nooit_besteld"
    ),
    "damaged": (
        "damaged broken defective faulty poor_quality beschaedigt beschaedigte defekte mangelhaft kaputt endommage "
        "endommagee endommagees casse defectueux danado danada danados defectuoso roto beschadigd kapot defect "
        "below_spec photos_attached scratched quality_issue quality_problem"
    ),
    "due_date": ("due_date payment_terms faelligkeit zahlungsziel echeance vencimiento vervaldatum days_net"),
    "freight": (
        "freight shipping_fee shipping_charge delivery_fee handling_fee fuel_surcharge surcharge late_fee "
        "frachtkosten versandkosten zuschlag frais_de_port gastos_de_envio verzendkosten interest_charge "
        "not_agreed"
    ),
    "wrong_party": (
        "not_our_invoice not_for_us wrong_company wrong_entity wrong_customer nicht_fuer_uns nicht_unsere_rechnung "
        "pas_pour_nous no_es_para_nosotros niet_voor_ons addressed_to_wrong wrong_addressee not_addressed_to_us"
    ),
    # other categories
    "po": (
        "po p.o purchase_order cost_centre cost_center kostenstelle bestellnummer bestellung bon_de_commande "
        "numero_de_commande pedido orden_de_compra bestelnummer inkooporder blanket_order attn"
    ),
    "missing": (
        "missing fehlt fehlende fehlen manque manquant falta ontbreekt wrong new add no_po put update without_po "
        "applies should_read rejected quote_on"
    ),
    "master_data": (
        "billing_address new_address address_change have_moved we_moved adresse adressaenderung neue_adresse "
        "umgezogen nouvelle_adresse demenage adresse_de_facturation nueva_direccion direccion nieuw_adres "
        "adreswijziging verhuisd legal_name name_changed company_name umfirmierung raison_sociale razon_social "
        "bedrijfsnaam vat_no new_vat tax_id ust-id email_only stop_sending remove_me replace_her replace_him "
        "invoice_recipient contact_person ansprechpartner no_longer_work left_the_company new_contact new_email "
        "neue_e-mail update_our_records update_our_contact"
    ),
    "bank": (
        "bank_details bank_account bank_accounts new_bank bank_data changed_bank changed_banks banking_details "
        "account_details bankverbindung kontoverbindung bankdaten neue_bankverbindung neues_konto "
        "coordonnees_bancaires compte_bancaire rib nouveau_rib datos_bancarios cuenta_bancaria nueva_cuenta "
        "bankgegevens bankrekening rekeningnummer iban routing_number sort_code swift remittance_instructions "
        "payment_instructions new_account direct_debit"
    ),
    "changed": (
        "changed change changes new update updated confirm neue neuer neues neu geaendert aenderung aktualisieren "
        "nouveau nouvelle modifie changement nueva nuevo cambio cambiado actualizar nieuw nieuwe gewijzigd "
        "wijziging wijzigen must_be_taken really_you odd use verwenden for_refunds aendern utiliser usar"
    ),
    "terms": (
        "credit_limit our_limit raise_our_limit kreditlimit limite_de_credit limite_de_credito kredietlimiet "
        "net_30 net_60 net_45 net_90 payment_terms zahlungsbedingungen zahlungsziel conditions_de_paiement "
        "condiciones_de_pago betalingscondities betalingstermijn blocked_by_credit early_payment_discount "
        "release_the_order order_block credit_hold credit_line days_instead longer_terms 2/10 which_one_is_correct "
        "kreditlinie"
    ),
    "plan": (
        "instalments instalment installments installment payment_plan ratenzahlung raten ratenplan zahlungsplan "
        "stundung echeancier plan_de_paiement mensualites plan_de_pagos plazos cuotas betalingsregeling betaalplan "
        "termijnen standstill cash-flow_problems cash_flow_problems cash_flow cannot_pay_the split_it split_the "
        "reorganisation insolvency insolvenz bankruptcy administrator liquidator chapter_11 we_propose "
        "redressement concurso_de_acreedores surseance business_is_slow defer deferral"
    ),
    "lc": (
        "letter_of_credit lc l/c akkreditiv credit_documentaire carta_de_credito accreditief mt700 mt707 "
        "issuing_bank advising_bank late_presentation latest_shipment documents_were_refused ucp draft_lc "
        "lc_reference amendment_no presentation_period"
    ),
    "kyc": (
        "kyc beneficial_owner beneficial_owners ubo certificate_of_incorporation passport ownership_chart "
        "due_diligence w-9 w9 w-8 parent_company_was handelsregisterauszug wirtschaftlich_berechtigte kbis "
        "beneficiaires_effectifs titular_real uittreksel kvk aml_questionnaire was_acquired director_passport"
    ),
    "service_query": (
        "notice_period auto-renew auto_renew renewal covered_by covered include included breakdown explain "
        "price_indexation indexation uptime service_credit weekend_support kuendigungsfrist leistungsumfang "
        "aufschluesselung erlaeutern preavis reconduction ventilation explicar desglose preaviso opzegtermijn "
        "specificatie toelichten what_is_included what_does support_plan true-up contract_end"
    ),
    "rebate_due": (
        "rebate_credit volume_rebate rma returned retoure rueckgabe returned_units goods_were_returned renvoye "
        "devuelto geretourneerd promised approved_it waiting_on still_waiting where_is"
    ),
    # no request
    "away": (
        "out_of_office out_of_the_office on_vacation on_annual_leave on_leave limited_access abwesend "
        "nicht_im_buero im_urlaub absent_du en_conge fuera_de_la_oficina de_vacaciones niet_aanwezig afwezig "
        "with_limited_access bin_ab_dem wieder_erreichbar return_to_the_office automatic_reply "
        "automatische_antwort reponse_automatique respuesta_automatica maternity_leave"
    ),
    "delivery_failed": (
        "delivery_status_notification user_unknown undeliverable mailbox_full could_not_be_delivered mailer-daemon "
        "delivery_has_failed unzustellbar nicht_zugestellt returned_mail recipient_rejected"
    ),
    "newsletter": (
        "unsubscribe newsletter weekly_digest new_updates webinar abmelden se_desabonner darse_de_baja afmelden "
        "view_in_browser monthly_digest register_now"
    ),
    "sales": (
        "demo 15_minutes quick_call bubbling_this_up factoring boost free_trial book_a_call schedule_a_call "
        "limited_offer our_solution seo lead_generation special_offer inside increase_your sell_more "
        "bubble_this_up touch_base our_platform discover_how"
    ),
    "portal_notice": (
        "ticket_has_been ticket_created has_been_created do_not_change_the_subject was_read_on your_message_to "
        "ticket_has has_been_received_and ticket_number reference_number_is has_been_resolved wurde_gelesen "
        "a_ete_lu"
    ),
    "thanks": (
        "thanks thank thx danke dank vielen_dank merci gracias bedankt dankjewel dankuwel cheers much_appreciated "
        "perfect great super top erledigt received_with_thanks got_it well_received"
    ),
}
